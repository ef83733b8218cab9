import pytest

from reports.agreement import OpStatus

GRAD = "mul|grad|value|float32"
ABSENT = "topk|error|type|float32"


def ops(report):
    return {op.op: op for op in report.ops}


def test_kinds_count_programs_and_observations(report_of, program, differing):
    records = [program("a"), program("b", kinds={"value": 5}), *differing("c", GRAD)]
    kinds = {kind.kind: kind for kind in report_of(*records).kinds}
    assert (kinds["value"].observations, kinds["value"].programs, kinds["value"].agree) == (9, 3, 3)
    assert (kinds["grad"].observations, kinds["grad"].programs, kinds["grad"].differ) == (2, 2, 1)
    assert kinds["grad"].agree == 1
    assert kinds["hook"].programs == 0


def test_a_kind_that_only_the_records_know_is_not_dropped(report_of, program):
    kinds = {kind.kind: kind for kind in report_of(program(kinds={"tangent": 4})).kinds}
    assert kinds["tangent"].observations == 4


def test_ops_that_part_elsewhere_are_undecided(report_of, program, differing):
    records = [program("a", ops=["mul", "add", "mul"]), *differing("b", GRAD, ops=["mul", "add"])]
    tally = ops(report_of(*records))
    assert (tally["mul"].programs, tally["mul"].agree, tally["mul"].differ) == (2, 1, 1)
    assert tally["mul"].status is OpStatus.DIFFERS
    assert (tally["add"].agree, tally["add"].differ, tally["add"].undecided) == (1, 0, 1)
    assert tally["add"].status is OpStatus.AGREES
    assert tally["add"].decided == 1


def test_an_op_seen_only_beside_differences_does_not_agree(report_of, differing):
    tally = ops(report_of(*differing("b", GRAD, ops=["mul", "add"])))
    assert tally["add"].status is OpStatus.UNDECIDED


def test_an_absent_op_never_agrees(report_of, program, differing):
    absent = differing("a", ABSENT, "no exception", "NotImplementedError: topk")
    report = report_of(*absent, program("b", ops=["topk", "mul"]))
    tally = ops(report)
    assert (tally["topk"].agree, tally["topk"].differ, tally["topk"].undecided) == (0, 1, 1)
    assert tally["topk"].status is OpStatus.ABSENT
    assert [op.op for op in report.absent] == ["topk"]
    assert ([one.op for one in report.missing], report.open) == (["topk"], [])


def test_the_same_missing_attribute_on_both_sides_is_not_absence(report_of, differing):
    text = "AttributeError: module '{}' has no attribute 'topk'"
    records = differing("a", ABSENT, text.format("torch"), text.format("mini_autograd"))
    assert report_of(*records).absent == []


@pytest.mark.parametrize(
    ("op", "got", "absent"),
    [
        ("topk", "AttributeError: module 'mini_autograd' has no attribute 'topk'", True),
        ("nn.functional.gelu", "AttributeError: module 'm.nn' has no attribute 'functional'", True),
        ("Tensor.mT", "AttributeError: 'Tensor' object has no attribute 'mT'", True),
        ("einsum", "AttributeError: no op named 'einsum' has been declared", True),
        ("Tensor.pow", "AttributeError: 'Tensor' object has no attribute 'shape'", False),
        ("topk", "AttributeError: 'NoneType' object has no attribute 'shape'", False),
        ("topk", "TypeError: topk() got no k", False),
    ],
)
def test_only_a_missing_name_of_the_op_is_absence(report_of, differing, op, got, absent):
    report = report_of(*differing("a", f"{op}|error|raised|float", "no error", got))
    assert [one.op for one in report.absent] == ([op] if absent else [])


def test_accepted_ops(report_of, differing):
    report = report_of(*differing("a", GRAD, accepted="rounding"))
    assert ops(report)["mul"].status is OpStatus.ACCEPTED
    assert ([one.accepted for one in report.accepted], report.open) == (["rounding"], [])


def test_a_signature_still_open_in_one_program_is_open(report_of, differing):
    report = report_of(*differing("a", GRAD, accepted="rounding"), *differing("b", GRAD))
    assert ([one.programs for one in report.open], report.accepted) == ([("a", "b")], [])


def test_the_smallest_witness_is_shown(report_of, differing):
    first, large = differing("a", GRAD)
    second, small = differing("b", GRAD)
    large["reduced"]["statements"].append({"kind": "print"})
    (signature,) = report_of(first, large, second, small).signatures
    assert signature.witness.program == "b"


def test_a_signature_without_a_difference_record_is_kept(report_of, program):
    (signature,) = report_of(program(status="differ", signature=GRAD)).open
    assert (signature.op, signature.kind, signature.witness) == ("mul", "grad", None)


def test_origins(report_of, program):
    records = [program("a"), program("b", origin="corpus"), program("c", status="crash")]
    origins = {one.origin: one for one in report_of(*records).origins}
    assert (origins["generated"].agree, origins["generated"].crash, origins["corpus"].agree) == (1, 1, 1)


def test_ops_that_the_run_says_are_absent(report_of, program):
    report = report_of(program("a", ops=["mul", "topk"]), absent=["Tensor.topk", "topk"])
    tally = ops(report)
    assert (tally["topk"].agree, tally["topk"].undecided, tally["topk"].status) == (0, 1, OpStatus.ABSENT)
    assert (tally["Tensor.topk"].programs, tally["Tensor.topk"].status) == (0, OpStatus.ABSENT)
    assert [op.op for op in report.used] == ["mul", "topk"]


def test_an_op_that_only_ever_failed_does_not_agree(report_of, program):
    report = report_of(program("a", ops=["mul", "topk"]), unproven={"topk": 1})
    assert ops(report)["topk"].status is OpStatus.UNDECIDED
    assert ops(report)["mul"].status is OpStatus.AGREES


def test_a_program_that_goes_on_after_an_accepted_difference_proves_its_other_ops(report_of, differing):
    first, difference = differing("a", GRAD, accepted="rounding", ops=["mul", "add"])
    ended = ops(report_of(first | {"completed": 1}, difference))
    assert (ended["add"].agree, ended["add"].undecided) == (0, 1)
    assert ops(report_of(first, difference))["add"].agree == 1


def test_a_node_to_blame_is_a_row_of_its_own(report_of, differing):
    tally = ops(report_of(*differing("a", "MulBackward0|grad|value|float", ops=["mul", "backward"])))
    assert (tally["MulBackward0"].differ, tally["mul"].undecided) == (1, 1)


def test_a_kind_that_is_not_counted_has_no_share(report_of, program, differing):
    report = report_of(program("a"), *differing("b", "mul|stride|stride|float"))
    (stride,) = (kind for kind in report.kinds if kind.kind == "stride")
    assert (stride.observations, stride.differ, stride.compared) == (0, 1, 0)
