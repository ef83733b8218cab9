"""The verdicts on the article are what a run shows: had torch done otherwise, they would differ."""

import json
import warnings
from types import ModuleType

import numpy
import pytest
import torch

from conformance.article import CLAIMS, SUITE, Claim, Verdict
from conformance.article.mode import untracked_time
from conformance.statements import NumpyCall, ProgramError, from_json, to_json
from conformance.subjects import Subject, subject_of
from conformance.suite import Reading, check
from conformance.suite.shorthand import array, call, leaf, tensor
from conformance.timing import Phase

TORCH = subject_of(torch, "torch")
BY_ID = {claim.id: claim for claim in CLAIMS}
SECTIONS = (
    "first listing",
    "Tensor",
    "dynamic computation graph",
    "Data",
    "requires_grad",
    "grad",
    "backward",
    "grad_fn",
    "no_grad",
    "second listing",
    "Variable",
)


class Altered(ModuleType):
    """Torch with some names replaced."""

    def __init__(self, **names: object) -> None:
        super().__init__("altered")
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> object:
        return getattr(torch, name)


def altered(**names: object) -> Subject:
    return subject_of(Altered(**names), "altered")


def warning_variable(*args: object, **kwargs: object) -> torch.Tensor:
    warnings.warn("Variable is deprecated", DeprecationWarning, stacklevel=2)
    return torch.autograd.Variable(*args, **kwargs)


def matrix_tensor(data: object, **kwargs: object) -> torch.Tensor:
    return torch.tensor(data if isinstance(data, list) else [[data]], **kwargs)


def lenient_exp(x: object) -> torch.Tensor:
    return torch.exp(torch.from_numpy(x) if isinstance(x, numpy.ndarray) else x)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock: what no_grad costs is given."""
    took = {100: Phase(65.0, 100.0, 0.65, 0.01, 0.02), 1: Phase(150.0, 100.0, 1.5, 0.01, 0.02)}
    monkeypatch.setattr("conformance.article.mode.untracked_time", lambda lib, length: took[length])


def test_claims_stand_in_the_article_s_order() -> None:
    assert tuple(dict.fromkeys(claim.section for claim in CLAIMS)) == SECTIONS


@pytest.mark.parametrize("claim", CLAIMS, ids=list(BY_ID))
def test_what_explains_why_a_claim_fails_is_seen(claim: Claim) -> None:
    found = check(claim, TORCH, TORCH)
    # Words that explain why a claim fails take something for granted, and that has to be seen as well;
    # where the words are all numbers of the run, or the claim's own error, there is nothing more to see.
    if found.verdict is Verdict.DOES_NOT_HOLD and claim.instead is None:
        assert claim.id in ("variable-deprecated", "no-grad-always-faster")


@pytest.mark.parametrize(
    ("name", "usual", "other", "names"),
    [
        ("tensor-converted", "does not hold", "holds", {"from_numpy": lambda a: torch.tensor(a)}),
        ("tensor-not-array", "holds", "does not hold", {"exp": lenient_exp}),
        ("data-1x1", "misprint", "holds", {"tensor": matrix_tensor}),
        ("tensor-2d-array", "misprint", "holds", {"from_numpy": lambda a: torch.from_numpy(a)[None]}),
        (
            "tensor-from-numpy-dtype",
            "holds",
            "does not hold",
            {"from_numpy": lambda a: torch.tensor(a).float()},
        ),
        ("requires-grad-tracks", "holds", "does not hold", {"mul": lambda a, b: torch.mul(a.data, b)}),
        ("graph-tracks-every-operation", "holds", "does not hold", {"add": lambda a, b: torch.sub(a, -b)}),
        ("graph-one-product", "does not hold", "holds", {"add": lambda a, b: a.detach() + b}),
        ("variable-tensor-tracks", "holds", "does not hold", {"mul": lambda a, b: torch.mul(a, b).detach()}),
    ],
)
def test_the_verdict_follows_what_the_reference_does(
    name: str, usual: str, other: str, names: dict[str, object]
) -> None:
    assert check(BY_ID[name], TORCH, TORCH).verdict.value == usual
    found = check(BY_ID[name], altered(**names), altered(**names))
    assert found.verdict.value == other


def test_a_warning_would_make_the_deprecation_hold() -> None:
    autograd = Altered(Variable=warning_variable, grad=torch.autograd.grad)
    found = check(BY_ID["variable-deprecated"], altered(autograd=autograd), TORCH)
    assert found.verdict is Verdict.HOLDS
    assert found.today == "using it gives 1 warnings"
    assert found.difference == "autograd.Variable|warning|count|none"


@pytest.mark.parametrize(
    ("name", "method", "instead", "other"),
    [
        ("backward-stores-anew", "backward", "replace", "holds"),
        ("backward-two-for-three", "backward", "pad", "holds"),
        ("grad-none-when-switched-off", "requires_grad_", "clear", "holds"),
        ("listing-backward-of-x", "backward", "ignore", "holds"),
    ],
)
def test_the_verdict_follows_the_methods_too(
    name: str, method: str, instead: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, enable = torch.Tensor.backward, torch.Tensor.requires_grad_

    def replace(self, gradient=None, **options):
        leaf = self.grad_fn.next_functions[0][0].variable
        leaf.grad = None
        whole(self, gradient, **options)

    def pad(self, gradient=None, **options):
        whole(self, torch.ones_like(self), **options)

    def clear(self, flag=True):
        self.grad = None
        return enable(self, flag)

    changes = {"replace": replace, "pad": pad, "clear": clear, "ignore": pad}
    assert check(BY_ID[name], TORCH, TORCH).verdict.value != other
    monkeypatch.setattr(torch.Tensor, method, changes[instead])
    assert check(BY_ID[name], TORCH, TORCH).verdict.value == other


def test_the_cost_of_no_grad_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = BY_ID["no-grad-faster"]
    found = check(claim, TORCH, TORCH)
    assert found.verdict is Verdict.HOLDS
    assert found.today == (
        "100 multiplications of 4 elements took 0.65 of the time when wrapped, with a noise of 2.0%"
    )
    within_noise = Phase(99.0, 100.0, 0.99, 0.01, 0.02)
    monkeypatch.setattr("conformance.article.mode.untracked_time", lambda lib, length: within_noise)
    assert check(claim, TORCH, TORCH).verdict is Verdict.DOES_NOT_HOLD


def test_the_cost_of_no_grad_is_measured() -> None:
    took = untracked_time(torch, 100)
    assert took.subject_ns > 0
    assert took.noise >= 0


def test_a_subject_that_differs_does_not_agree() -> None:
    """The verdict stays the reference's, the difference is named."""
    found = check(BY_ID["tensor-converted"], TORCH, altered(from_numpy=lambda a: torch.tensor(a)))
    assert not found.agree
    assert found.verdict is Verdict.DOES_NOT_HOLD
    assert found.difference == "Tensor.mul_|value|array.value|float"


def test_a_subject_without_the_name_does_not_agree() -> None:
    def missing(array: object) -> None:
        raise AttributeError("module has no attribute 'from_numpy'")

    found = check(BY_ID["listing-from-numpy"], TORCH, altered(from_numpy=missing))
    assert found.difference == "from_numpy|error|raised|none"


def test_a_truth_that_only_the_reading_sees_counts_as_disagreement() -> None:
    """What no observation of a program shows, such as which class makes tensors."""
    autograd = Altered(Variable=torch.Tensor)
    claim = Claim(
        "class",
        "Variable",
        "one class",
        Reading((leaf("x", 1.0),), lambda run: run.lib.autograd.Variable is run.lib.Tensor),
        lambda run: "two",
    )
    found = check(claim, TORCH, altered(autograd=autograd))
    assert found.difference == "class: False on torch, True on altered"


def test_an_unexpected_run_is_said_to_be_one() -> None:
    claim = BY_ID["backward-one-element"]
    found = check(claim, altered(mul=lambda a, b: torch.mul(a, b) * 2), TORCH)
    assert found.today.startswith("something that the suite does not expect")
    broken = check(BY_ID["graph-chain-rule"], altered(sin=lambda x: x.nothing), TORCH)
    assert broken.verdict is Verdict.DOES_NOT_HOLD
    assert broken.today == "AttributeError: 'Tensor' object has no attribute 'nothing'"


def test_the_table_has_a_row_for_each_claim_and_their_numbers() -> None:
    found = list(SUITE.findings(TORCH, TORCH))
    text = SUITE.table(found, TORCH, TORCH)
    numbers = {verdict: sum(one.verdict is verdict for one in found) for verdict in Verdict}
    assert all(numbers.values())
    assert sum(numbers.values()) == len(CLAIMS)
    hold, do_not, misprints = (numbers[verdict] for verdict in Verdict)
    last = f"{hold} hold, {do_not} do not, {misprints} are misprints"
    assert text.splitlines()[-1] == f"{len(CLAIMS)} claims: {last}; torch agrees on {len(CLAIMS)}"


def test_numpy_calls_make_arrays_and_nothing_else() -> None:
    made = array("a", [1.0, 2.0])
    assert from_json(json.loads(json.dumps(to_json(made))), "here") == made
    assert made.lines() == ["a = numpy.array([1.0, 2.0])"]
    assert made.label == "numpy.array"
    env: dict[str, object] = {}
    made.execute(torch, env, [])
    assert env["a"].tolist() == [1.0, 2.0]
    with pytest.raises(AttributeError, match="arrary"):
        array("a", [1.0], name="arrary").execute(torch, env, [])
    for name in ("load", "fromfile", "save", "array(", "", "f2py"):
        with pytest.raises(ProgramError, match="is not one of add, arange, array"):
            NumpyCall("a", name)


def test_shorthand_writes_what_a_person_would() -> None:
    statements = [
        tensor("x", [[1.0, 2.0], [3.0, 4.0]]),
        leaf("z", 1.0),
        call("y", "operator.mul", "x", 2),
        call(None, "Tensor.requires_grad_", "x", True),
    ]
    assert [line for statement in statements for line in statement.lines()] == [
        "x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float32)",
        "z = torch.tensor(1.0, dtype=torch.float32, requires_grad=True)",
        "y = x * 2",
        "x.requires_grad_(True)",
    ]
