"""Records every build in the ledger, however it ends. The ledger is opened before any work is done."""

from __future__ import annotations

import contextlib
import hashlib
import platform
from collections.abc import Callable, Generator

from autocoder import __version__
from autocoder.diagnostics import StageFailed
from autocoder.diagnostics.render import as_data
from autocoder.driver import Built, Driver
from autocoder.gates.verdict import Verdict
from autocoder.ledger import Build, Outcome, open_ledger

_OUTCOMES = {2: Outcome.QUESTIONS, 3: Outcome.GATE_FAILED, 4: Outcome.TOOL_MISSING}


@contextlib.contextmanager
def recorded(driver: Driver, url: str | None, name: str) -> Generator[Callable[[Built], None]]:
    """Yields what records a finished build; a failure is recorded on its way out."""
    ledger = open_ledger(url)
    started = driver.clock()
    versions = {"autocoder": __version__, "python": platform.python_version()}

    def done(built: Built) -> None:
        inputs = {f.path: hashlib.sha256(f.content).hexdigest() for f in built.compiled.sources.tree()}
        ledger.record(
            Build(
                name=built.compiled.architecture.system.name,
                version=built.compiled.architecture.system.version,
                started=started,
                finished=driver.clock(),
                outcome=Outcome.SIGNED,
                inputs=inputs,
                versions={**versions, "bundle": built.compiled.bundle.version},
                decisions=[d.as_data() for d in built.decisions],
                model_usage=_model_usage(driver),
                verdicts=[_verdict(v) for v in built.verdicts],
                outputs=built.outputs,
                signature={"signer": built.signer},
            )
        )

    def failed(outcome: Outcome, diagnostics: list[object]) -> None:
        ledger.record(
            Build(
                name=name,
                version="",
                started=started,
                finished=driver.clock(),
                outcome=outcome,
                versions=versions,
                model_usage=_model_usage(driver),
                diagnostics=diagnostics,
            )
        )

    try:
        yield done
    except StageFailed as failure:
        failed(_OUTCOMES.get(failure.exit_code, Outcome.FAILED), [as_data(d) for d in failure.diagnostics])
        raise
    except Exception:
        failed(Outcome.DEFECT, [])
        raise


def _model_usage(driver: Driver) -> dict[str, object]:
    """What the build spent on a model; empty where none took part."""
    session = driver.session
    return {"model": session.settings.model, **session.meter.as_data()} if session.summary else {}


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "gate": verdict.gate,
        "status": str(verdict.status),
        "checks": verdict.checks,
        "summary": verdict.summary,
        "sandbox": verdict.sandbox,
        "measures": dict(verdict.measures),
    }
