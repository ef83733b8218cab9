"""Values agree when rounding explains how far they are apart, and only then."""

import numpy
import pytest

from conformance.tolerance import EPSILON, Verdict, arbitrate, compare, near, within_spread


def verdict(expected, got, dtype="float32", scale=0.0):
    kind = "float32" if dtype == "bfloat16" else dtype
    return compare(numpy.array(expected, kind), numpy.array(got, kind), dtype, lambda: scale)


def test_special_values_agree_with_themselves_only():
    nan, inf = float("nan"), float("inf")
    assert verdict([nan, inf, -inf], [nan, inf, -inf]) is Verdict.EQUAL
    assert verdict([0.0], [-0.0]) is Verdict.EQUAL
    assert verdict([nan], [0.0]) is Verdict.DIFFERENT
    assert verdict([inf], [-inf]) is Verdict.DIFFERENT
    assert verdict([inf], [3e38]) is Verdict.DIFFERENT


def test_integers_and_booleans_are_exact():
    assert verdict([1, 2], [1, 2], "int64") is Verdict.EQUAL
    assert verdict([2**60], [2**60 + 1], "int64") is Verdict.DIFFERENT
    assert verdict([True], [False], "bool") is Verdict.DIFFERENT


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_two_units_are_rounding_and_more_is_for_the_arbiter(dtype):
    step = EPSILON[dtype]
    assert verdict([1.0], [1.0 + 2 * step], dtype) is Verdict.ROUNDED
    assert verdict([1.0], [1.0 + 4 * step], dtype) is Verdict.OPEN


def test_float64_has_a_bound_of_its_own():
    assert verdict([1.0], [1.0 + 1e-15], "float64") is Verdict.ROUNDED
    assert verdict([1.0], [1.0 + 1e-12], "float64") is Verdict.DIFFERENT


def test_cancellation_is_measured_by_what_was_worked_with():
    assert verdict([1e-3], [1e-3 + 1e-15], "float64") is Verdict.DIFFERENT
    assert verdict([1e-3], [1e-3 + 1e-15], "float64", scale=1.0) is Verdict.ROUNDED
    assert verdict([1e-9], [1e-9 + 1e-11], "float64", scale=1e3) is Verdict.DIFFERENT
    assert verdict([1e-16], [2e-16], "float64", scale=1.0) is Verdict.ROUNDED
    assert verdict([1e-16], [2e-16], "float64", scale=0.01) is Verdict.DIFFERENT


def test_complex_numbers_are_compared_by_their_parts():
    assert verdict([1 + 2j], [1 + 2j], "complex64") is Verdict.EQUAL
    assert verdict([1 + 2j], [1 + 3j], "complex128") is Verdict.DIFFERENT


def judged(expected, got, truth, dtype="float32", scale=0.0):
    arrays = (numpy.array(one, kind) for one, kind in ((expected, dtype), (got, dtype), (truth, "float64")))
    return arbitrate(*arrays, dtype, lambda: scale)


def test_the_arbiter_allows_what_the_reference_allows_itself():
    step = EPSILON["float32"]
    assert judged([1 + 10 * step], [1 - 10 * step], [1.0])
    assert not judged([1.0], [1 + 10 * step], [1.0])
    assert judged([1e-6, 1.0], [1e-6 + step, 1.0], [1e-6, 1.0])


def test_what_is_left_when_all_has_cancelled_is_rounding():
    assert judged([3e-8], [-6e-8], [0.0], scale=1.0)
    assert not judged([3e-8], [-6e-8], [0.0], scale=1e-3)
    assert not judged([3e-8], [1e-5], [0.0], scale=1.0)
    assert not judged([2e-9], [0.0], [2e-9], scale=20.0)


def test_an_arbiter_that_took_another_branch_does_not_count():
    assert not judged([1.0], [1.5], [2.0])
    assert not judged([1.0], [1.5], [float("nan")])
    assert not judged([1.0, 1.0], [1.0, 1.0], [1.0])


def test_python_numbers_are_float64():
    assert near(1.0, 1.0 + 1e-15)
    assert not near(1.0, 1.0 + 1e-12)
    assert near(float("nan"), float("nan"))
    assert not near(float("nan"), 0.0)
    assert not near(float("inf"), 1e308)


def spread(expected, got, shaken, dtype="float32", scale=1.0):
    arrays = [numpy.array(one, dtype) for one in (expected, got, *shaken)]
    return within_spread(arrays[0], arrays[1], arrays[2:], dtype, lambda: scale)


def test_what_other_roundings_would_move_an_element_by_is_rounding():
    assert spread([0.0], [1e-7], [[5e-8], [-6e-8]])
    assert not spread([0.0], [2e-7], [[5e-8], [-6e-8]])
    assert not spread([0.0, 1.0], [0.0, 1.0 + 1e-6], [[5e-6, 1.0], [0.0, 1.0]])


def test_a_run_that_took_another_branch_does_not_count():
    assert not spread([0.0], [0.5], [[1.0], [1.0]])
    assert not spread([0.0], [0.5], [[float("nan")]])
    assert not spread([0.0], [float("nan")], [[float("nan")]])
    assert not spread([0.0], [0.5], [])


def test_what_took_the_same_branch_may_be_as_far_off_as_the_reference():
    truth, expected = numpy.array([1.0, 18.0]), numpy.array([0.0, 16.2125])
    nearer, further = numpy.array([0.9537, 17.1661]), numpy.array([0.0, 40.0])
    assert not arbitrate(expected, nearer, truth, "float32")
    assert arbitrate(expected, nearer, truth, "float32", branching=False)
    assert not arbitrate(expected, further, truth, "float32", branching=False)
