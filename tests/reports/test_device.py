"""What a device came to beside the CPU, as reports count it."""

import pytest

from reports.document import document
from reports.field import RecordError
from reports.history import make_history
from reports.past import past
from tests.reports.test_scoreboard import op


def placed(entry="linalg.det", device="cuda", **more):
    return op(entry, device=device, drawn=0, **more)


def test_scores_on_a_device_are_kept_apart_from_the_cpus(report_of):
    report = report_of(op(), placed(differ=1))
    assert (report.families[-1].shares["value"].agree, report.families[-1].shares["value"].entries) == (1, 1)
    (device,) = report.devices
    assert (device.name, device.title, device.passed, device.kept) == ("cuda", "CUDA", 1, 0)


def test_a_device_keeps_what_is_whole_on_the_cpu(report_of):
    checks = [op(check=check) for check in ("value", "gradient", "second")]
    there = [placed(check=check) for check in ("value", "gradient")]
    lost = placed(check="second", differ=2)
    (device,) = report_of(*checks, op("fft.fft", differ=1), *there, lost, placed("fft.fft")).devices
    assert (device.passed, device.kept, device.reached) == (3, 2, False)
    cells = device.rows[-1].cells
    assert (cells["value"].there, cells["value"].here, cells["value"].entries) == (2, 1, 2)
    assert (cells["second"].there, cells["second"].here) == (0, 1)
    assert [row.name for row in device.rows] == ["fft", "linalg", "all"]


def test_what_was_not_run_on_the_device_is_not_lost_there(report_of):
    (device,) = report_of(op(), op("linalg.inv"), placed()).devices
    assert (device.passed, device.kept, device.reached) == (1, 1, True)


def test_an_emulated_device_is_told_apart(report_of):
    report = report_of(op(), placed(), placed(device="cuda (host)"))
    assert [one.title for one in report.devices] == ["CUDA", "CUDA (host)"]


def test_a_document_has_the_devices(report_of):
    report = report_of(op(), placed())
    found = document(report, make_history([past(report)]))
    assert found["devices"] == [{"device": "cuda", "passed": 1, "kept": 1, "drawn": 0}]


def test_a_check_of_memory_has_a_known_name(report_of):
    record = {"record": "memory", "check": "coffee", "program": "p", "status": "measured", "device": "cuda"}
    with pytest.raises(RecordError, match="check"):
        report_of(record)
