"""Reading: prose to facts. `protocol` says what a reader is, `rules` is the one that needs no model."""
