"""The rules reader: prose to facts by a small grammar whose knowledge is data. Its frames load without its parser."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autocoder.readers.rules.reader import RulesReader

__all__ = ["RulesReader"]


def __getattr__(name: str) -> Any:
    if name == "RulesReader":
        from autocoder.readers.rules.reader import RulesReader

        return RulesReader
    raise AttributeError(name)
