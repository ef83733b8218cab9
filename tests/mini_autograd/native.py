"""The native schemas that the installed torch carries, by public name, of functions and of methods."""

from __future__ import annotations

import re
from pathlib import Path

import torchgen

_NATIVE = Path(torchgen.__file__).parent / "packaged" / "ATen" / "native" / "native_functions.yaml"
_ENTRIES = _NATIVE.read_text().split("\n- func: ")[1:]

SCHEMAS = [entry.partition("\n")[0].strip() for entry in _ENTRIES]
FUNCTIONS: dict[str, list[str]] = {}
METHODS: dict[str, list[str]] = {}
for _text, _entry in zip(SCHEMAS, _ENTRIES, strict=True):
    _found = re.search(r"^  variants: (.*)$", _entry, re.MULTILINE)
    _variants = _found[1] if _found else "function"
    _name = re.split(r"[.(]", _text)[0]
    if "function" in _variants:
        FUNCTIONS.setdefault(_name, []).append(_text)
    if "method" in _variants:
        METHODS.setdefault(_name, []).append(_text)
