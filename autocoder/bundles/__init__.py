"""Platform bundles: pinned plain data that says what the outside decides (library versions, images, sizes, costs).

A bundle is a folder `YYYY.MM/`, immutable once it is released: an upgrade is a new folder. Refuses registry addresses
and digests that nobody verified.
"""

from autocoder.bundles.bundle import Bundle, Costs, Image, Tier, load, versions
from autocoder.bundles.python_lock import Locked, PythonLock

__all__ = ["Bundle", "Costs", "Image", "Locked", "PythonLock", "Tier", "load", "versions"]
