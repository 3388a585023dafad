"""The codes, one module per stage: `CODES` is a tuple of dictionaries with the fields of `catalogue.Code`."""
