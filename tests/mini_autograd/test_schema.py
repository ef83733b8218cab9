"""The schema reader against every native schema the installed torch carries, and against malformed ones."""

from __future__ import annotations

import re

import pytest

from mini_autograd.op.schema import REQUIRED, Kind, parse
from tests.mini_autograd.native import SCHEMAS


def normal(text: str) -> str:
    """The text as the reader spells it: `Mean` as a number, Python's quotes."""
    text = text.replace("DeviceIndex", "int").replace("=Mean", "=1")
    text = text.replace('"\\"\'\\\\"', "'\"\\'\\\\'")
    return re.sub(r'="(\w*)"', r"='\1'", text)


def test_there_are_schemas_to_read():
    assert len(SCHEMAS) > 2000


def test_every_native_schema_round_trips():
    wrong = [(text, str(parse(text))) for text in SCHEMAS if str(parse(text)) != normal(text)]
    assert wrong == []


def test_what_is_printed_parses_to_an_equal_schema():
    assert [text for text in SCHEMAS if parse(str(parse(text))) != parse(text)] == []


def test_arguments_of_a_reduction():
    schema = parse(
        "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor"
    )
    assert (schema.name, schema.overload, schema.full_name) == ("sum", "dim_IntList", "sum.dim_IntList")
    self_, dim, keepdim, dtype = schema.arguments
    assert (self_.name, self_.kind, self_.is_list, self_.optional) == ("self", Kind.TENSOR, False, False)
    assert self_.default is REQUIRED
    assert (dim.kind, dim.is_list, dim.size, dim.optional, dim.default) == ("int", True, 1, True, REQUIRED)
    assert (keepdim.kind, keepdim.default, keepdim.kwarg_only) == ("bool", False, False)
    assert (dtype.kind, dtype.default, dtype.optional, dtype.kwarg_only) == ("ScalarType", None, True, True)
    assert schema.positional == (self_, dim, keepdim)
    assert schema.kwarg_only == (dtype,)


@pytest.mark.parametrize(
    ("argument", "default"),
    [
        ("int dim=-1", -1),
        ("float eps=1e-05", 1e-05),
        ("Scalar value=0.3333333333333333", 0.3333333333333333),
        ("bool? onesided=None", None),
        ("bool keepdim=True", True),
        ("int reduction=Mean", 1),
        ("int[2] stride=1", (1, 1)),
        ("int[1] dim=[-2,-1]", (-2, -1)),
        ("int[2] stride=[]", ()),
        ("int[1]? dim=None", None),
        ("str approximate='none'", "none"),
        ('str UPLO="L"', "L"),
        ("MemoryFormat memory_format=contiguous_format", "contiguous_format"),
        ("ScalarType? dtype=long", "long"),
    ],
)
def test_default(argument: str, default: object):
    found = parse(f"f({argument}) -> Tensor").arguments[0].default
    assert found == default
    assert type(found) is type(default)


def test_optional_elements_are_not_an_optional_list():
    elements, whole = parse("f(Tensor?[] indices, Tensor[]? weights) -> ()").arguments
    assert (elements.optional_elements, elements.optional) == (True, False)
    assert (whole.optional_elements, whole.optional) == (False, True)


def test_aliases():
    schema = parse("split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]")
    assert schema.arguments[0].alias == "a -> *"
    assert (schema.arguments[1].kind, schema.arguments[1].type.symbolic) == (Kind.INT, True)
    assert (schema.returns[0].alias, schema.returns[0].is_list) == ("a", True)
    assert parse("add_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)").returns[0].alias == "a!"


def test_returns():
    assert parse("f(Tensor self) -> ()").returns == ()
    named = parse("max.dim(Tensor self, int dim) -> (Tensor values, Tensor indices)").returns
    assert [each.name for each in named] == ["values", "indices"]
    assert parse("f(Tensor self) -> Tensor").returns[0].name is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "expected an operator name at column 1, found 'the end'"),
        ("add", "expected '(' at column 4"),
        ("add.(Tensor self) -> Tensor", "expected an overload name at column 5"),
        ("add(Tensr self) -> Tensor", "expected a type, not 'Tensr' at column 5"),
        ("add(Tensor) -> Tensor", "expected an argument name at column 11"),
        ("add(Tensor self other) -> Tensor", "expected ',' at column 17"),
        (
            "add(Tensor self, Tensor self) -> Tensor",
            "expected a name other than 'self', which is taken at column 25",
        ),
        ("add(Tensor self, *) -> Tensor", "expected ',' at column 19"),
        ("add(Tensor self, *, *, int n) -> Tensor", "expected a type at column 21"),
        ("add(Tensor self", "expected ',' at column 16, found 'the end'"),
        ("add(Tensor self)", "expected '->' at column 17"),
        ("add(Tensor self) -> Tensor Tensor x", "expected the end at column 35"),
        ("add(Tensor self) -> (Tensor", "expected ',' at column 28"),
        ("add(int dim=x) -> Tensor", "expected a default of type int, not 'x' at column 13"),
        ("add(int dim=1.5) -> Tensor", "expected a default of type int at column 13"),
        ("add(int dim=None) -> Tensor", "expected a default of type int at column 13"),
        ("add(int dim=[1]) -> Tensor", "expected a default of type int at column 13"),
        ("add(int[] dim=1) -> Tensor", "expected a default of type int[] at column 15"),
        ("add(bool b=1) -> Tensor", "expected a default of type bool at column 12"),
        ("add(str s='x) -> Tensor", "expected a closed string at column 11"),
        ("add(int a=1, int b) -> Tensor", "expected a default for 'b'"),
        ("add(Tensor(A!) self) -> Tensor", "expected an alias at column 11"),
        ("add(int[n] sizes) -> Tensor", "expected a list size at column 8"),
    ],
)
def test_malformed(text: str, cause: str):
    with pytest.raises(ValueError, match=re.escape(cause)) as caught:
        parse(text)
    assert str(caught.value).startswith("malformed schema ")


def test_a_schema_is_text():
    with pytest.raises(ValueError, match="a schema is a str, not int"):
        parse(3)


@pytest.mark.parametrize("blank", ["  ", " "])
def test_parts_read_once_are_what_the_whole_says(blank: str):
    """A text whose blanks keep it from being cut into parts is read as a whole."""
    for text in SCHEMAS:
        try:
            expected = parse(text.replace(", ", f",{blank}"))
        except ValueError:
            continue
        assert parse(text) == expected
