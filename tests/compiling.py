"""Blueprints of the fixtures, compiled."""

from pathlib import Path

from autocoder.compilation import Compiled, Sources, compile_sources
from autocoder.diagnostics import StageFailed

FIXTURES = Path(__file__).parent / "fixtures"
DEPLOYMENT = 'schema_version: "1.0.0"\nsystem: {name}\nenvironments: {{development: {{}}, production: {{}}}}\n'
HEAD = 'schema_version: "1.0.0"\nsystem: {name: shop}\n'


def fixture(name: str) -> Sources:
    """The sources of a fixture folder."""
    folder = FIXTURES / name
    return Sources(
        architecture=(folder / "architecture.yaml").read_text(encoding="utf-8"),
        deployment=(folder / "deployment.yaml").read_text(encoding="utf-8"),
        bodies={path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("custom/*.py"))},
    )


def sources(text: str, *, deployment: str = "", bodies: dict[str, str] | None = None) -> Sources:
    """The sources of a small blueprint for the system `shop`; `text` follows the head."""
    return Sources(
        architecture=HEAD + text,
        deployment=deployment or DEPLOYMENT.format(name="shop"),
        bodies=bodies or {},
    )


def compiled(text: str, *, deployment: str = "", bodies: dict[str, str] | None = None) -> Compiled:
    """A small blueprint for the system `shop`, compiled."""
    return compile_sources(sources(text, deployment=deployment, bodies=bodies))


def findings(text: str, *, deployment: str = "", bodies: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Code and place ("file:line:column") of every diagnostic of a small blueprint."""
    try:
        found = compiled(text, deployment=deployment, bodies=bodies).warnings
    except StageFailed as failed:
        found = failed.diagnostics
    return [(d.code, str(d.span) if d.span else "") for d in found]
