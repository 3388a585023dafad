"""autocoder: prose to a reviewed blueprint, working code, gates and a signed package."""

__version__ = "0.1.0"
