"""The kinds of statement a program is made of, one concept a file."""

from .argument import DTYPES, Argument, DType, Format, Ref, Slice
from .array import ArrayLiteral, ArrayWrite
from .attribute import Delete, Get, Set
from .backward import Backward, Grad
from .block import Attempt, Block, SavedHooks, Scope
from .chain import Chain
from .checkpoint import Checkpoint
from .copying import Copy
from .default_type import DefaultType
from .error import ProgramError
from .function import Apply
from .graph import MultiHook, NodeCall, NodeOrder, RawHooks
from .hook import Hook, Unhook
from .index import Index, SetItem
from .instance import IsInstance
from .loop import Repeat
from .mode import ModeUse
from .nested import NestedPass
from .numpy_call import NumpyCall
from .op import Op
from .profile import Profile
from .seed import Seeded
from .statement import KINDS, Events, Name, Output, Statement, from_json, to_json
from .subclass import AsSubclass
from .tensor import TensorLiteral, literal
from .text import Print
from .transform import Transform

__all__ = [
    "DTYPES",
    "KINDS",
    "Apply",
    "Argument",
    "ArrayLiteral",
    "ArrayWrite",
    "AsSubclass",
    "Attempt",
    "Backward",
    "Block",
    "Chain",
    "Checkpoint",
    "Copy",
    "DType",
    "DefaultType",
    "Delete",
    "Events",
    "Format",
    "Get",
    "Grad",
    "Hook",
    "Index",
    "IsInstance",
    "ModeUse",
    "MultiHook",
    "Name",
    "NestedPass",
    "NodeCall",
    "NodeOrder",
    "NumpyCall",
    "Op",
    "Output",
    "Print",
    "Profile",
    "ProgramError",
    "RawHooks",
    "Ref",
    "Repeat",
    "SavedHooks",
    "Scope",
    "Seeded",
    "Set",
    "SetItem",
    "Slice",
    "Statement",
    "TensorLiteral",
    "Transform",
    "Unhook",
    "from_json",
    "literal",
    "to_json",
]
