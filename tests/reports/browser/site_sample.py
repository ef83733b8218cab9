"""Writes the history whose site the browser opens: some days, of which the last has every sort of record.

Some texts of that day are hostile: they would be markup, script or a link if a page did not write them as text.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.reports import measure_sample, run_sample

DAYS = 6
SCRIPT = "</script></pre></title><script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2)>"
QUOTES = "\"' onmouseover=alert(3) autofocus onfocus=alert(4) '\">"
ADDRESS = "javascript:alert(5)"
REMOTE = '<link rel=stylesheet href="http://host.invalid/x.css"><iframe src="//host.invalid"></iframe>'
TEXTS = (SCRIPT, IMAGE, QUOTES, ADDRESS, REMOTE)
HOSTILE = f"{IMAGE}|{SCRIPT}|{QUOTES}|float32"


def write_history(folder: Path) -> list[Path]:
    """Run folders, oldest first; the last is the one that the site is about."""
    paths = run_sample.write_history(folder, DAYS, 60)
    last = paths[-1]
    header = json.loads((last / "run.json").read_text("utf-8"))
    header["environment"] |= {"python": SCRIPT, IMAGE: QUOTES}
    header["absent"] += [ADDRESS, IMAGE]
    header["unproven"] |= {ADDRESS: 1}
    header["programs"] += MANY + 1
    (last / "run.json").write_text(json.dumps(header), encoding="utf-8")
    for name, lines in (("measures", measure_sample.measurements()), ("hostile", hostile())):
        (last / f"{name}.jsonl").write_text(
            "".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8"
        )
    return paths


# So many programs part in one way that a page folds some of them.
MANY = 30
FOLDED = f"m-7-{MANY - 1}"
FREQUENT = "cumprod|graph|name|float64"


def hostile() -> Iterator[dict[str, Any]]:
    """One record of each sort with all of it in its texts, and many programs that part in one way."""
    plain = {"origin": "generated", "statements": 1, "completed": 1, "kinds": {"value": 1}, "arbitrated": 0}
    for at in range(MANY):
        yield plain | {
            "record": "program", "id": f"m-7-{at}", "status": "differ", "ops": ["cumprod"], "signature": FREQUENT,
        }  # fmt: skip
    yield plain | {
        "record": "program", "id": QUOTES, "status": "differ", "ops": [IMAGE, ADDRESS], "signature": HOSTILE,
    }  # fmt: skip
    graphs = {"expected": run_sample.drawing(True), "got": run_sample.drawing(False)}
    graphs["expected"]["nodes"][1] |= {"title": IMAGE, "lines": [SCRIPT]}
    yield run_sample.difference(HOSTILE, QUOTES, SCRIPT, IMAGE, None) | {
        "listing": SCRIPT, "script": f"'''\n{SCRIPT}\n{REMOTE}'''", "location": QUOTES, "graphs": graphs,
        "steps": [{"code": [SCRIPT], "rows": [["≠", IMAGE, QUOTES]]}],
    }  # fmt: skip
    yield run_sample.claim(QUOTES, IMAGE, SCRIPT, "holds", REMOTE, True)
    yield run_sample.idiom(QUOTES, IMAGE, SCRIPT, REMOTE, "works", IMAGE, False)
    yield run_sample.timing(QUOTES, IMAGE, 500, 600, 0.02, None)
    yield run_sample.OP_SCORES[0] | {
        "entry": IMAGE,
        "family": QUOTES,
        "calls": [SCRIPT],
        "differ": 1,
        "signatures": {HOSTILE: 1},
    }
    yield run_sample.PACES[0] | {"entry": IMAGE, "family": QUOTES}
    yield measure_sample.sample(IMAGE, True) | {"listing": SCRIPT}
    yield {
        "record": "mutant", "mutant": f"{IMAGE}:{SCRIPT}", "family": QUOTES, "by": None, "program": None,
        "programs": 2000, "concerned": 3,
    }  # fmt: skip
    yield measure_sample.drift() | {
        "old": IMAGE,
        "unsupported": {SCRIPT: 1},
        "changes": [
            {"signature": HOSTILE, "programs": 2, "program": QUOTES, "statement": SCRIPT, "location": IMAGE,
             "was": SCRIPT, "is": REMOTE},
        ],
    }  # fmt: skip
