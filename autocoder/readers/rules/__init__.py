"""The rules reader: words, chunks, frames; deterministic and offline."""

from autocoder.readers.rules.reader import RulesReader

__all__ = ["RulesReader"]
