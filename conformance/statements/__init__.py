"""The kinds of statement a program is made of, one concept a file."""

from .argument import DTYPES, Argument, DType, Format, Ref, Slice
from .array import ArrayLiteral, ArrayWrite
from .attribute import Delete, Get, Set
from .backward import Backward, Grad
from .block import Attempt, Block, SavedHooks, Scope
from .error import ProgramError
from .function import Apply
from .graph import MultiHook, NodeCall, RawHooks
from .hook import Hook, Unhook
from .index import Index, SetItem
from .mode import ModeUse
from .numpy_call import NumpyCall
from .op import Op
from .statement import KINDS, Events, Name, Output, Statement, from_json, to_json
from .tensor import TensorLiteral, literal
from .text import Print

__all__ = [
    "DTYPES",
    "KINDS",
    "Apply",
    "Argument",
    "ArrayLiteral",
    "ArrayWrite",
    "Attempt",
    "Backward",
    "Block",
    "DType",
    "Delete",
    "Events",
    "Format",
    "Get",
    "Grad",
    "Hook",
    "Index",
    "ModeUse",
    "MultiHook",
    "Name",
    "NodeCall",
    "NumpyCall",
    "Op",
    "Output",
    "Print",
    "ProgramError",
    "RawHooks",
    "Ref",
    "SavedHooks",
    "Scope",
    "Set",
    "SetItem",
    "Slice",
    "Statement",
    "TensorLiteral",
    "Unhook",
    "from_json",
    "literal",
    "to_json",
]
