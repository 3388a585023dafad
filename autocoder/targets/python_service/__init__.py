"""The service as a FastAPI and SQLAlchemy project that a person could have written.

Three folds over the core steps: `handlers` (the code that runs), `oracle` (plain dictionaries, for its tests),
`describe` (documentation).
"""
