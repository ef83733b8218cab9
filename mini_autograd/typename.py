"""What torch calls the type of a value in an error: its C name; of this library's own types, torch's."""

from __future__ import annotations

_HEAP_TYPE = 1 << 9
_IMMUTABLE_TYPE = 1 << 8
_OWN_NAMES = {
    "dtype": "torch.dtype",
    "device": "torch.device",
    "layout": "torch.layout",
    "memory_format": "torch.memory_format",
    "Size": "torch.Size",
    "Generator": "torch._C.Generator",
    "UntypedStorage": "torch.storage.UntypedStorage",
}


def type_name(value: object) -> str:
    """The name of the type of `value`: dotted for one written in C, bare for one in Python."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in ("mini_autograd", "torch") and kind.__name__ in _OWN_NAMES:
        return _OWN_NAMES[kind.__name__]
    if kind.__module__ == "torch.return_types":
        return f"{kind.__module__}.{kind.__name__}"
    in_python = bool(kind.__flags__ & _HEAP_TYPE) and not kind.__flags__ & _IMMUTABLE_TYPE
    if in_python or kind.__module__ == "builtins" or kind.__module__.startswith("mini_autograd."):
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"
