"""Diagnostics: what went wrong, where, why, and what to do next.

Owns codes, spans, collection and rendering. Refuses a diagnostic whose code is not in the catalogue.
"""

from autocoder.diagnostics.catalogue import CATALOGUE, Code, lookup
from autocoder.diagnostics.model import Diagnostic, Diagnostics, Note, Severity, Span, StageFailed, nearest

__all__ = [
    "CATALOGUE",
    "Code",
    "Diagnostic",
    "Diagnostics",
    "Note",
    "Severity",
    "Span",
    "StageFailed",
    "lookup",
    "nearest",
]
