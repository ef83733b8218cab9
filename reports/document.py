"""The report as one JSON document; `schema/report.schema.json` says what it holds."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from importlib.resources import files
from typing import Any

from reports.change import Change
from reports.field import decode
from reports.history import History, make_history
from reports.past import Past, past
from reports.report import Report
from reports.signature import Signature

FORMAT = 1


def document(report: Report, history: History | None = None) -> dict[str, Any]:
    """The report as plain data; every `share` is null in a report that publishes none."""
    history = history or make_history([past(report)])
    before = history.before(report.run.run)
    publishes = report.verdict.publishes
    totals = report.totals
    return _plain(
        {
            "format": FORMAT,
            "built": report.built,
            "run": asdict(report.run),
            "torn": report.torn,
            "verdict": asdict(report.verdict) | {"publishes": publishes},
            "totals": asdict(totals) | {"share": _share(publishes, totals.agree, totals.programs)},
            "areas": [
                asdict(area) | {"share": _share(publishes, area.agree, area.programs)}
                for area in report.areas
            ],
            "origins": [
                asdict(origin) | {"share": _share(publishes, origin.agree, origin.programs)}
                for origin in report.origins
            ],
            "kinds": [
                asdict(kind) | {"agree": kind.agree, "share": _share(publishes, kind.agree, kind.compared)}
                for kind in report.kinds
            ],
            "ops": [
                asdict(op)
                | {
                    "status": op.status,
                    "share": _share(publishes and not op.absent, op.agree, op.decided),
                }
                for op in report.ops
            ],
            "absent": [op.op for op in report.absent],
            "signatures": [_signature(one, history) for one in report.signatures],
            "crashes": [program.id for program in report.crashes],
            "before": before and before.run,
            "new": history.new(report.run.run),
            "gone": history.gone(report.run.run),
            "since": _since(history.changes[report.run.run]),
            "history": [_past(one) for one in history.runs],
            "claims": [asdict(claim) for claim in report.claims],
            "idioms": [asdict(idiom) for idiom in report.idioms],
            "timings": [asdict(timing) for timing in report.timings],
            "families": [asdict(family) for family in report.families],
            "names": [asdict(name) for name in report.names],
            **measured(report),
            "coverage": report.coverage and asdict(report.coverage) | {"missed": report.coverage.missed},
        }
    )


def measured(report: Report) -> dict[str, Any]:
    """What was measured apart from a campaign; graphs are on the pages alone."""
    return {
        "errors": [
            {"entry": score.entry, "check": score.check, "dtype": score.dtype} | asdict(score.errors)
            for score in report.scores
            if score.errors is not None
        ],
        "samples": [{"entry": one.entry, "listing": one.listing} for one in report.samples],
        "paces": [asdict(pace) for pace in report.paces],
        "sweeps": [asdict(sweep) for sweep in report.sweeps],
        "mutants": [asdict(mutant) | {"caught": mutant.caught} for mutant in report.mutants],
        "drifts": [asdict(drift) for drift in report.drifts],
        "devices": [
            {"device": one.name, "passed": one.passed, "kept": one.kept, "drawn": one.drawn}
            for one in report.devices
        ],
        "memory": [asdict(memory) for memory in report.memories],
        "copies": [asdict(one) | {"hidden": one.hidden} for one in report.copies],
    }


def schema() -> dict[str, Any]:
    """The JSON schema of `document`."""
    text = files("reports").joinpath("schema/report.schema.json").read_bytes()
    return decode(text, "report.schema.json")


def _signature(signature: Signature, history: History) -> dict[str, Any]:
    data = asdict(signature)
    data["signature"] = data.pop("text")
    seen = history.sightings.get(signature.text)
    return data | {
        "absent": signature.absent,
        "first_seen": seen and seen.first.run,
        "last_seen": seen and seen.last.run,
        "runs_seen": seen.runs if seen else 0,
    }


def _since(change: Change | None) -> dict[str, Any] | None:
    """What is not the same as in the run before."""
    if change is None:
        return None
    return asdict(change) | {"before": change.before.run}


def _past(one: Past) -> dict[str, Any]:
    return {
        "run": one.run,
        "started": one.started,
        "commit": one.commit,
        "versions": one.versions,
        "outcome": one.outcome,
        "publishes": one.publishes,
        "programs": one.programs,
        "agree": one.agree,
        "differ": one.differ,
        "open": len(one.open),
    }


def _share(publishes: bool, part: int, whole: int) -> float | None:
    return part / whole if publishes and whole else None


def _plain(value: Any) -> Any:
    """Dates and enums as texts, tuples as lists."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
