"""Passes over the IR: each lowers or analyses one thing, in one file; a frozen dataclass whose fields are options."""
