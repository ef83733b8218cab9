"""The table of ops and the public names, as reports count them."""

GRAD = "linalg.det|grad|value|float"


def op(entry="linalg.det", check="value", dtype="float64", agree=3, differ=0, **more):
    return {
        "record": "op",
        "entry": entry,
        "family": entry.partition(".")[0],
        "check": check,
        "dtype": dtype,
        "agree": agree,
        "differ": differ,
        "silent": 0,
        "unsupported": None,
        "calls": [entry],
        "signatures": {},
        **more,
    }


def names(**present):
    return {"record": "names", "names": {name.replace("__", "."): there for name, there in present.items()}}


def states(report):
    return {one.name: one.state for one in report.names}


def test_an_entry_agrees_when_it_does_in_every_dtype(report_of):
    report = report_of(op(), op(dtype="float32", differ=1), op("linalg.inv"), op("fft.fft", agree=0))
    rows = {row.name: row.shares for row in report.families}
    assert (rows["linalg"]["value"].agree, rows["linalg"]["value"].entries) == (1, 2)
    assert rows["fft"] == {}  # it says nothing
    assert (rows["all"]["value"].agree, rows["all"]["value"].entries) == (1, 2)
    assert list(rows) == ["fft", "linalg", "all"]


def test_an_entry_that_is_lacking_does_not_agree(report_of):
    report = report_of(op(agree=0, unsupported="linalg.det"))
    assert (report.families[-1].shares["value"].agree, report.families[-1].shares["value"].entries) == (0, 1)


def test_a_name_is_the_same_only_where_something_was_compared(report_of, program):
    records = [names(mul=True, add=True, fft__fft=False, linalg__det=True), op(), program("a", ops=["mul"])]
    assert states(report_of(*records)) == {
        "mul": "same",
        "add": "not compared",
        "fft.fft": "absent",
        "linalg.det": "same",
    }


def test_a_name_differs_where_a_sample_or_a_program_does(report_of, differing):
    one = report_of(names(linalg__det=True), op(check="gradient", differ=1)).names[0]
    assert (one.state, one.where) == ("differs", ("linalg.det: gradient in float64",))
    other = report_of(names(linalg__det=True), op(), *differing("a", GRAD, ops=["linalg.det"])).names[0]
    assert (other.state, other.where) == ("differs", (GRAD,))
