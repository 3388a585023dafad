"""The reader's word lists: pure data. A new word of a domain is one entry in one of these modules."""
