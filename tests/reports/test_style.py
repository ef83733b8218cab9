import re
from importlib.resources import files

import pytest

CSS = files("reports").joinpath("assets/style.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
# What is written on what: text of that colour must be readable on that ground.
PAIRS = [
    *(
        ("page", name)
        for name in ("text", "muted", "faint", "link", "agrees", "differs", "accepted", "crashed")
    ),
    *(("panel", name) for name in ("text", "muted", "faint", "agrees", "accepted", "absent", "link")),
    *(("target", name) for name in ("text", "muted", "link")),
    *((f"{name}-tint", name) for name in ("agrees", "differs", "accepted", "absent", "crashed")),
    *(("plain-tint", name) for name in ("muted", "link", "text")),
    *(("agrees-tint", name) for name in ("muted", "text")),
    *((ground, "text") for ground in ("mark", "differs-tint", "accepted-tint")),
]


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ground", "text"), PAIRS)
def test_text_is_readable(palette, ground, text):
    assert contrast(palette[ground], palette[text]) >= 4.5


def test_both_palettes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) - {"sans", "mono"} <= LIGHT.keys()
