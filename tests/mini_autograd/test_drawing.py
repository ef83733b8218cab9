"""Drawings of graphs of both libraries: what is in them, where it is, and that looking changes nothing."""

from __future__ import annotations

import gc
import importlib
import json
import random
import subprocess
import sys
import weakref
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

import mini_autograd
from mini_autograd.autograd.graph import draw
from mini_autograd.drawing.drawing import Drawing
from mini_autograd.drawing.layout import COLUMN, LINE_SIZE, PADDING, TITLE_SIZE
from mini_autograd.drawing.structure import Box, Edge, Kind
from mini_autograd.drawing.text import cells, shortened, visible

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text></svg><script>alert(1)</script> & "quoted" \x00\x1b\u202e\ud800 ]] `x` #35; | \n end'


@pytest.fixture(params=["mini_autograd", "torch"])
def lib(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


def leaf(lib: Any, *shape: int) -> Any:
    return lib.ones(*shape, requires_grad=True)


def titles(drawing: Drawing) -> list[str]:
    return [box.title for box in drawing.boxes]


def box(drawing: Drawing, title: str) -> Box:
    (found,) = (one for one in drawing.boxes if one.title == title)
    return found


def arrows(drawing: Drawing) -> list[tuple[str, str, int]]:
    at = titles(drawing)
    return [(at[edge.source], at[edge.target], edge.output_nr) for edge in drawing.edges]


def check(drawing: Drawing) -> None:
    """Boxes are inside, apart and as wide as their texts; edges go down, from the bottom of a box to the top of one."""
    layout = drawing.layout
    by_height = sorted(layout.places, key=lambda place: place.y)
    for at, place in enumerate(by_height):
        assert place.x >= 0
        assert place.y >= 0
        assert place.x + place.width <= layout.width
        assert place.y + place.height <= layout.height
        for other in by_height[at + 1 :]:
            if other.y >= place.y + place.height:
                break
            assert place.x + place.width < other.x or other.x + other.width < place.x
    for one, place in zip(drawing.boxes, layout.places, strict=True):
        widest = max(
            cells(one.title) * TITLE_SIZE, *(cells(text) * LINE_SIZE for text in one.texts), LINE_SIZE
        )
        assert widest * COLUMN + 2 * PADDING <= place.width + 1
    for edge, path in zip(drawing.edges, layout.paths, strict=True):
        source, target = layout.places[edge.source], layout.places[edge.target]
        (x, y), (end_x, end_y) = path.points[0], path.points[-1]
        assert y == pytest.approx(source.y + source.height)
        assert source.x <= x <= source.x + source.width
        assert end_y <= target.y
        assert path.joins or (end_y == target.y and target.x <= end_x <= target.x + target.width)
        assert all(upper[1] <= lower[1] for upper, lower in pairwise(path.points))


def crosses(drawing: Drawing) -> list[Any]:
    """The edges that run through a box, as straight lines between their points."""
    found = []
    for path in drawing.layout.paths:
        for (x, y), (to_x, to_y) in pairwise(path.points):
            for place in drawing.layout.places:
                low, high = max(y, place.y), min(to_y, place.y + place.height)
                if high - low > 0.2:
                    at = [x + (to_x - x) * (height - y) / (to_y - y) for height in (low, high)]
                    if max(at) > place.x and min(at) < place.x + place.width:
                        found.append((path, place))
    return found


def test_a_graph_is_boxes_from_the_output_down_to_the_leaves(lib: Any) -> None:
    x, w = leaf(lib, 2, 3), leaf(lib, 3, 4)
    h = (x @ w).tanh()
    drawing = draw(h.sum(), names={"x": x, "w": w, "h": h})
    assert [(str(one.kind), one.title, one.name, one.lines, one.saved) for one in drawing.boxes] == [
        ("output", "output", "", ("float32 []",), ()),
        ("node", "SumBackward0", "", ("float32 []",), ()),
        ("node", "TanhBackward0", "h", ("float32 [2, 4]",), ("saved result: float32 [2, 4]",)),
        (
            "node",
            "MmBackward0",
            "",
            ("float32 [2, 4]",),
            ("saved mat2: float32 [3, 4]", "saved self: float32 [2, 3]"),
        ),
        ("leaf", "AccumulateGrad", "x", ("float32 [2, 3]",), ()),
        ("leaf", "AccumulateGrad", "w", ("float32 [3, 4]",), ()),
    ]
    assert [(edge.source, edge.target) for edge in drawing.edges] == [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5)]
    check(drawing)
    assert crosses(drawing) == []
    assert draw(h.sum(), saved=False).boxes[3].saved == ()


def test_both_libraries_are_drawn_alike() -> None:
    torch = pytest.importorskip("torch")

    def made(lib: Any) -> list[str]:
        x, w = leaf(lib, 4, 4), leaf(lib, 4, 4)
        a, *rest = (x @ w).relu().chunk(2)
        y = lib.cat([a, *rest])[lib.tensor([0, 1])]
        v = x.clone()
        v[0].mul_(w[0])
        (g,) = lib.autograd.grad((y**3).sum() + v.prod(), x, create_graph=True)
        drawing = draw({"y": y, "g": g}, names=[("x", x), ("w", w)])
        return [drawing.svg(), drawing.mermaid(), json.dumps(drawing.data())]

    assert made(mini_autograd) == made(torch)


def test_a_node_that_is_reached_twice_is_drawn_once(lib: Any) -> None:
    x = leaf(lib, 3)
    h = x.exp()
    drawing = draw((h * h + x).sum())
    assert sorted(titles(drawing)) == [
        "AccumulateGrad",
        "AddBackward0",
        "ExpBackward0",
        "MulBackward0",
        "SumBackward0",
        "output",
    ]
    assert arrows(drawing).count(("MulBackward0", "ExpBackward0", 0)) == 2
    check(drawing)


def test_outputs_of_one_node_are_told_apart(lib: Any) -> None:
    x = leaf(lib, 3, 2)
    a, b, c = x.unbind(0)
    drawing = draw([a * c, b], names={"c": c})
    assert box(drawing, "UnbindBackward0").texts == ("c (output 2)", "3 x float32 [2]")
    edges = arrows(drawing)
    assert ("MulBackward0", "UnbindBackward0", 2) in edges
    assert ("output 1", "UnbindBackward0", 1) in edges
    numbers = [one for one in ElementTree.fromstring(drawing.svg()) if one.get("class") == "number"]
    assert sorted(one.text or "" for one in numbers) == ["1", "2"]
    assert "-->|2|" in drawing.mermaid()
    check(drawing)
    assert crosses(drawing) == []


def test_tensors_nodes_and_edges_can_be_drawn(lib: Any) -> None:
    x = leaf(lib, 2)
    y = x * 2
    assert titles(draw(y.grad_fn)) == ["MulBackward0", "AccumulateGrad"]
    assert titles(draw(lib.autograd.graph.get_gradient_edge(x))) == ["AccumulateGrad"]
    assert box(draw({"doubled": y.grad_fn}), "MulBackward0").name == "doubled"
    assert titles(draw({"a": y, "b": (y.exp(), x)}))[:3] == ["a", "b[0]", "b[1]"]
    assert ("b", "AccumulateGrad", 0) in arrows(draw({"a": y, "b": x}))
    assert draw(x).boxes[0].lines == ("float32 [2]", "leaf")
    assert draw(x.detach()).boxes[0].lines == ("float32 [2]", "requires no grad")
    for one in (draw(x), draw([]), draw(y)):
        check(one)
        ElementTree.fromstring(one.svg())


def test_what_cannot_be_drawn_is_refused() -> None:
    x = leaf(mini_autograd, 2)
    with pytest.raises(TypeError, match=r"expected tensors, nodes or gradient edges, .* got int"):
        draw([x, 3])
    with pytest.raises(TypeError, match=r"names\['x'\] is no tensor but int"):
        draw(x, names={"x": 1})
    with pytest.raises(TypeError, match="marked are nodes, tensors or places in the walk, not str"):
        draw(x, marked=["x"])
    with pytest.raises(ValueError, match="depth must not be negative"):
        draw(x, depth=-1)
    with pytest.raises(ValueError, match="most must be positive"):
        draw(x, most=0)


def test_second_derivatives_are_drawn(lib: Any) -> None:
    x = leaf(lib, 3)
    (g,) = lib.autograd.grad((x**3).sum(), x, create_graph=True)
    drawing = draw(g)
    assert titles(drawing) == ["output", "MulBackward0", "MulBackward1", "PowBackward0", "AccumulateGrad"]
    check(drawing)


def custom(lib: Any, clears: bool = False) -> Any:
    class Scale(lib.autograd.Function):  # type: ignore[misc]
        clear_saved_tensors_on_access = clears

        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x, None)
            ctx.name, ctx.node, ctx.output_nr, ctx.grad_fn, ctx.variable = "mine", 1, 2, 3, 4
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x, _) = ctx.saved_tensors
            return grad * x

    return Scale


@pytest.mark.parametrize("clears", [False, True])
def test_a_custom_function_is_only_looked_at(lib: Any, clears: bool) -> None:
    x = leaf(lib, 2)
    y = custom(lib, clears).apply(x)
    for _ in range(2):
        drawing = draw([y, y.grad_fn])
    assert box(drawing, "ScaleBackward").texts == ("float32 [2]", "saved tensor[0]: float32 [2]")
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert box(draw(y), "ScaleBackward").saved == ("saved tensor: freed",)


def test_what_a_pass_has_freed_is_said_to_be(lib: Any) -> None:
    x = leaf(lib, 3)
    y = x[lib.tensor([0, 1])] * x[:2]
    y.sum().backward()
    drawing = draw(y)
    assert box(drawing, "MulBackward0").saved == ("saved other: freed", "saved self: freed")
    assert box(drawing, "IndexBackward0").saved == ("saved indices: freed",)


def test_what_is_not_kept_is_not_listed(lib: Any) -> None:
    x = leaf(lib, 3)
    assert box(draw(x * lib.ones(3)), "MulBackward0").saved == ("saved other: float32 [3]",)


def test_hooks_are_not_run_and_nothing_is_written(lib: Any) -> None:
    calls: list[str] = []
    x = leaf(lib, 3)
    with lib.autograd.graph.saved_tensors_hooks(
        lambda tensor: calls.append("pack") or tensor, lambda packed: calls.append("unpack") or packed
    ):
        y = x.exp()
    y.register_hook(lambda grad: calls.append("grad"))
    y.grad_fn.register_hook(lambda *grads: calls.append("node"))
    version, sequence = y._version, y.grad_fn._sequence_nr()
    drawing = draw(y, names={"x": x, "y": y}, marked=[y])
    drawing.svg()
    assert box(drawing, "ExpBackward0").saved == ("saved result: packed by a hook",)
    assert calls == ["pack"]
    assert (y._version, y.grad_fn._sequence_nr(), x.grad) == (version, sequence, None)
    assert x.clone().grad_fn._sequence_nr() == sequence + 1


def test_what_was_written_since_is_drawn_all_the_same(lib: Any) -> None:
    x = leaf(lib, 3)
    h = x * 1
    y = h.exp()
    y.mul_(2)
    assert box(draw(y), "ExpBackward0").saved == ("saved result: float32 [3]",)


def test_a_drawing_keeps_no_graph(lib: Any) -> None:
    x = leaf(lib, 3)
    y = custom(lib).apply(x)
    gone = weakref.ref(y.grad_fn)
    drawing = draw(y, names={"x": x, "y": y}, marked=[y.grad_fn])
    drawing.svg()
    del y
    gc.collect()
    assert gone() is None


def test_marks_are_put_on_nodes_tensors_and_places(lib: Any) -> None:
    x = leaf(lib, 3)
    h = x.exp()
    y = h.sum()

    def marked(*marks: Any, **limits: Any) -> list[str]:
        drawing = draw(y, marked=marks, **limits)
        assert drawing.svg().count(' differs"') == drawing.mermaid().count(":::differs")
        assert [node["differs"] for node in drawing.data()["nodes"]] == [one.differs for one in drawing.boxes]
        return [one.title for one in drawing.boxes if one.differs]

    assert marked() == []
    assert marked(h) == marked(h.grad_fn) == marked(1) == ["ExpBackward0"]
    assert marked(x) == marked(lib.autograd.graph.get_gradient_edge(x)) == marked(2) == ["AccumulateGrad"]
    assert marked(0, h) == ["SumBackward0", "ExpBackward0"]
    assert marked(h, depth=0) == marked(1, depth=0) == marked(x, depth=0) == ["… 2 more nodes"]
    assert marked(y, depth=0) == ["SumBackward0"]


def test_names_that_mean_harm_stay_text(lib: Any) -> None:
    x = leaf(lib, 3)
    y = x.exp()
    drawing = draw({HOSTILE: y.sum()}, names={HOSTILE: x, "y" * 500: y, "e" + "\u0301" * 50: y})
    check(drawing)
    svg = ElementTree.fromstring(drawing.svg().encode())
    tags = {one.tag.removeprefix(SVG) for one in svg.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "path", "g", "text"}
    texts = [one.text for one in svg.iter(f"{SVG}text")]
    assert any(text and text.startswith("</text></svg><script>") for text in texts)
    assert "<script" not in drawing.svg()
    assert "<script" not in drawing._repr_html_()
    mermaid = drawing.mermaid()
    assert "script>" not in mermaid
    assert "`" not in mermaid
    assert len([line for line in mermaid.splitlines() if "-->" in line]) == len(drawing.edges)
    json.dumps(drawing.data()).encode()


def test_texts_are_cut_and_unseen_characters_are_written_out() -> None:
    assert visible("a\x00\u202eb\n") == "a\\x00\\u202eb\\x0a"
    assert visible("\U000e0001") == "\\U000e0001"
    assert shortened("x" * 100) == "x" * 43 + "…"
    assert cells(shortened("日本" * 100)) <= 44
    assert cells("日本x") == 5
    assert shortened("fits") == "fits"


def test_what_is_beyond_the_limits_is_one_box() -> None:
    x = y = leaf(mini_autograd, 2)
    for _ in range(100_000):
        y = y * 2
    drawing = draw(y, most=50)
    assert len(drawing.boxes) == 52
    assert drawing.boxes[-1].title == "… 99,951 more nodes"
    assert drawing.boxes[-1].kind is Kind.MORE
    assert drawing.data()["nodes"][-1]["kind"] == "node"
    check(drawing)
    assert len(draw(y).boxes) == 2002
    assert titles(draw(y, depth=1))[1:] == ["MulBackward0", "MulBackward0", "… 99,999 more nodes"]
    assert draw(y * x, depth=1).boxes[-1].title == "… 99,999 more nodes"
    z = y * 2 * 2 * 2
    assert draw(z, depth=0).boxes[-1].title == "… over 100,000 more nodes"


def test_more_outputs_than_are_shown_are_counted() -> None:
    outputs = [leaf(mini_autograd, 2) * 2 for _ in range(20)]
    drawing = draw(outputs, most=5)
    assert drawing.boxes[-1].title == "… 5 more nodes"
    assert drawing.boxes[-1].lines == ("… 15 more outputs",)
    check(drawing)


@pytest.mark.parametrize("seed", range(12))
def test_any_graph_is_laid_out_without_overlaps(seed: int) -> None:
    draws = random.Random(seed)
    tensors = [leaf(mini_autograd, 3) for _ in range(draws.randint(1, 4))]
    for _ in range(draws.randint(1, 60)):
        one, other = draws.choice(tensors[-8:]), draws.choice(tensors)
        parts = [part.expand(3) for part in one.chunk(3)]
        tensors += draws.choice([[one * other], [one.exp()], [one + other], [one.view(3)], parts])
    outputs = tensors[-3:]
    drawing = draw(outputs)
    check(drawing)
    assert crosses(drawing) == []
    assert draw(outputs).svg() == drawing.svg()


def test_large_graphs_are_laid_out() -> None:
    draws = random.Random(0)
    tensors = [leaf(mini_autograd, 3) for _ in range(20)]
    for _ in range(1500):
        tensors.append(draws.choice(tensors) * draws.choice(tensors[-30:]))
    h, w = leaf(mini_autograd, 3), [leaf(mini_autograd, 3) for _ in range(3)]
    for _ in range(200):
        h = (h * w[0] + w[1]).tanh() * w[2]
    wide = mini_autograd.cat([leaf(mini_autograd, 1) * 2 for _ in range(300)])
    for one in (mini_autograd.stack(tensors).sum(), h, wide):
        check(draw(one))
    assert crosses(draw(h, most=200)) == []


def test_a_weight_that_is_used_at_every_step_is_one_line_that_others_join() -> None:
    h, w = leaf(mini_autograd, 3), leaf(mini_autograd, 3)
    for _ in range(10):
        h = (h * w).tanh()
    drawing = draw(h, names={"w": w})
    (place,) = (at for at, one in enumerate(drawing.boxes) if one.name == "w")
    paths = [
        path for edge, path in zip(drawing.edges, drawing.layout.paths, strict=True) if edge.target == place
    ]
    assert len(paths) == 10
    ends = {path.points[-1] for path in paths if not path.joins}
    assert len(ends) == 1
    whole = max(paths, key=lambda path: len(path.points)).points
    assert all(path.points[-1] in whole for path in paths if path.joins)


def test_even_a_circle_is_drawn() -> None:
    class Loop:
        def name(self) -> str:
            return "Loop"

    one, other, top = Loop(), Loop(), Loop()
    for node, ahead in ((one, other), (other, one), (top, one)):
        node.next_functions = ((ahead, 0), (None, 0))  # type: ignore[attr-defined]
    for start in (one, top):
        drawing = draw(start)
        ElementTree.fromstring(drawing.svg())
        assert drawing.data()["nodes"]


def test_data_is_what_json_can_hold(lib: Any) -> None:
    x = leaf(lib, 3)
    data = draw((x * 2).sum(), names={"x": x}).data()
    assert set(data) == {"width", "height", "nodes", "edges"}
    assert [set(node) for node in data["nodes"]] == [
        {"x", "y", "width", "height", "title", "lines", "kind", "differs"}
    ] * 4
    assert [node["kind"] for node in data["nodes"]] == ["output", "node", "node", "leaf"]
    assert all(set(edge) == {"points"} for edge in data["edges"])
    assert json.loads(json.dumps(data)) == data


def test_an_svg_stands_alone() -> None:
    x = leaf(mini_autograd, 3)
    drawing = draw({"loss": x.exp().sum()}, names={"x": x})
    svg = ElementTree.fromstring(drawing.svg())
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Autograd graph of loss"
    told = svg.findtext(f"{SVG}desc") or ""
    assert told.startswith("2 nodes, 1 leaf, 3 edges")
    assert "ExpBackward0 leads to AccumulateGrad (x)." in told
    style = svg.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style
    rules = [line for line in style.splitlines() if line and not line.startswith("@")]
    assert all(line.startswith(".autograd-drawing ") for line in rules)  # none reaches the page around it
    assert "http" not in drawing.svg().replace("http://www.w3.org/2000/svg", "")
    assert drawing._repr_svg_() == drawing.svg()
    assert drawing.svg() in drawing._repr_html_()


def test_a_device_is_named_where_it_is_not_the_cpu() -> None:
    tensor = SimpleNamespace(
        grad_fn=None, output_nr=0, requires_grad=True, shape=(2,), dtype="torch.int8", device="cuda:0"
    )
    assert draw(tensor).boxes[0].lines[0] == "int8 [2] cuda:0"
    del tensor.shape
    assert draw(tensor).boxes[0].lines[0] == "unknown"


def test_a_drawing_can_be_made_by_hand() -> None:
    drawing = Drawing((Box(Kind.NODE, "A"), Box(Kind.LEAF, "B")), (Edge(0, 1),))
    check(drawing)


def test_it_is_imported_when_it_is_used_and_brings_no_other_library() -> None:
    program = """
import sys, mini_autograd
made = {name for name in sys.modules if name.startswith("mini_autograd.drawing")}
mini_autograd.autograd.graph.draw(mini_autograd.ones(1)).svg()
print(made, "mini_autograd.drawing.svg" in sys.modules, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set() True False\n", done.stderr
    assert importlib.import_module("mini_autograd.drawing").__doc__
