import json
import subprocess
import sys

import pytest

from reports.cli import main

FILES = {"index.html", "report.md", "report.json", "junit.xml"}


def test_build_writes_a_site_and_its_facts(sample, tmp_path, capsys):
    out = tmp_path / "deep" / "site"
    assert main(["build", str(sample), "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} >= FILES | {"assets", "differences", "ops.html"}
    assert json.loads((out / "report.json").read_text("utf-8"))["run"]["run"] == "20261120-101500-7"
    assert "differs from torch 2.13.0+cpu" in capsys.readouterr().out


def test_show_prints_tables(sample, capsys):
    assert main(["show", str(sample)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("DIFFERS  mini_autograd 0.1.0 differs from torch 2.13.0+cpu on ")
    assert "prod|grad|value|float32" in text
    assert "a*b, n=4" in text
    assert "diagonal" not in text
    assert main(["show", str(sample), "--ops"]) == 0
    assert "diagonal" in capsys.readouterr().out


def test_show_publishes_no_share_of_a_broken_run(write_run, program, capsys):
    assert main(["show", str(write_run(program(), status="invalid"))]) == 0
    text = capsys.readouterr().out
    assert text.startswith("INVALID  No result: the run declared itself invalid")
    assert "%" not in text


@pytest.mark.parametrize("command", [["build", "RUN", "--out", "OUT"], ["show", "RUN"]])
def test_bad_input_is_one_line_and_status_2(write_run, program, tmp_path, capsys, command):
    run = write_run(program(), program())
    words = {"RUN": str(run), "OUT": str(tmp_path / "out")}
    assert main([words.get(word, word) for word in command]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"reports: {run / 'records.jsonl'}: program 'g-1' is recorded twice\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [[], ["build", "RUN"], ["build", "--out", "OUT"], ["draw"]])
def test_bad_options_are_one_line_and_status_2(capsys, command):
    with pytest.raises(SystemExit, match="2"):
        main(command)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("reports: ")


def test_never_writes_into_a_run(write_run, program, capsys):
    run = write_run(program())
    before = {path.name for path in run.iterdir()}
    assert main(["build", str(run), "--out", str(run / "site")]) == 2
    assert "lies in a run folder" in capsys.readouterr().err
    assert {path.name for path in run.iterdir()} == before


def test_an_output_that_cannot_be_written_is_named(sample, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["build", str(sample), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written: File exists" in capsys.readouterr().err


def test_needs_neither_torch_nor_the_library(sample, tmp_path):
    code = f"""
import sys
for name in ("torch", "mini_autograd", "conformance"):
    sys.modules[name] = None
from reports.cli import main
sys.exit(main(["build", {str(sample)!r}, "--out", {str(tmp_path)!r}]))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
