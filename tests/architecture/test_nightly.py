"""What starts a night by itself: the workflow, the systemd units, and the goal of make that both call."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github/workflows/nightly.yml"
UNITS = sorted((ROOT / "docs/systemd").iterdir())


@pytest.fixture(scope="module")
def steps():
    """The steps of the workflow's one job, by name."""
    data = yaml.load(WORKFLOW.read_text(), yaml.BaseLoader)
    assert set(data["on"]) == {"schedule", "workflow_dispatch"}
    (job,) = data["jobs"].values()
    return {one.get("name", one.get("uses")): one for one in job["steps"]}


def test_the_workflow_runs_the_night_and_keeps_what_it_wrote(steps):
    assert steps["Night"]["run"].startswith("make nightly ")
    assert steps["Keep the site"]["with"]["path"] == "site"
    assert "GITHUB_STEP_SUMMARY" in steps["Write the summary"]["run"]
    for name in ("Keep the site", "Write the summary", "Store the nights"):
        assert steps[name]["if"] == "always()"  # also of a night in which something broke


def test_an_issue_is_opened_of_a_whole_night_alone(steps):
    condition = steps["Open an issue of what is worse"]["if"]
    assert "steps.night.outcome == 'success'" in condition
    assert "regressions.md" in condition


def test_no_expression_stands_in_a_script_where_it_could_be_code(steps):
    assert not [name for name, step in steps.items() if "${{" in step.get("run", "")]


def test_the_workflow_names_no_host_and_pins_what_it_uses(steps):
    assert not re.search(r"https?://|index-url", WORKFLOW.read_text())
    assert all(re.search(r"@v\d+$", step["uses"]) for step in steps.values() if "uses" in step)


def test_the_units_call_the_same_goal():
    found = {}
    for path in UNITS:
        unit = configparser.ConfigParser(interpolation=None, strict=False)
        unit.optionxform = str
        unit.read_string(path.read_text())
        found[path.suffix] = unit
    assert found[".service"]["Service"]["ExecStart"].startswith("/usr/bin/make nightly")
    assert found[".timer"]["Timer"]["OnCalendar"]
    assert len({path.stem for path in UNITS}) == 1  # a timer starts the service of its name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong(tmp_path):
    # `make` may be missing where the units are only looked at, so that a file that is there takes its place.
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/usr/bin/make", "/bin/sh"))
    command = ["systemd-analyze", "verify", "--user", *map(str, sorted(tmp_path.iterdir()))]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_make_knows_the_goal():
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    command = [
        make,
        "--dry-run",
        "--always-make",
        "nightly",
        "PROGRAMS=5",
        "RESUME=runs/one",
        "PYTHON=python3",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--programs 5" in done.stdout
    assert "--seed" not in done.stdout
    assert "--resume runs/one" in done.stdout
    assert "-m reports build" in done.stdout
