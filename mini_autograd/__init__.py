"""A torch-free autograd library, spelled as torch spells it: ``import mini_autograd as torch``."""

from mini_autograd import build

build.select()

from mini_autograd import (
    autograd,
    fft,
    func,
    linalg,
    masked,
    methods,
    nn,
    overrides,
    return_types,
    signal,
    special,
    testing,
    utils,
)
from mini_autograd.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled
from mini_autograd.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from mini_autograd.data import as_tensor, from_numpy, is_tensor, tensor
from mini_autograd.determinism import (
    are_deterministic_algorithms_enabled,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    set_deterministic_debug_mode,
    set_float32_matmul_precision,
    use_deterministic_algorithms,
)
from mini_autograd.devices import device, get_default_device, set_default_device
from mini_autograd.dtypes import (
    BY_NAME,
    can_cast,
    dtype,
    get_default_dtype,
    promote_types,
    set_default_dtype,
)
from mini_autograd.errors import AcceleratorError, OutOfMemoryError
from mini_autograd import functional as _functional
from mini_autograd.functional import *  # noqa: F403 -- the module lists what is public
from mini_autograd.layouts import (
    channels_last,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from mini_autograd.lowrank import pca_lowrank, svd_lowrank
from mini_autograd.limits import finfo, iinfo
from mini_autograd.methods.exchange import from_dlpack, to_dlpack
from mini_autograd.methods.legacy import TYPES, set_default_tensor_type, typename
from mini_autograd.op import override as _override
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.printing import get_printoptions, set_printoptions
from mini_autograd.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from mini_autograd.size import Size
from mini_autograd.tensor import Tensor
from mini_autograd.transform.vmap import vmap
from mini_autograd.warning import is_warn_always_enabled, set_warn_always

__version__ = "0.1.0"

# The rows are the one list of functions, the dtypes the one list of types: both are public under their own names.
globals().update({name: packet for name, packet in FUNCTIONS.items() if not name.startswith("__")})
globals().update(BY_NAME)
globals().update(TYPES)

_override.NAMESPACES.append((globals(), tuple(_functional.__all__)))


def __getattr__(name: str) -> object:
    """Import what a program has to name before it costs anything: all that is about GPUs."""
    if name not in ("accelerator", "backends", "cuda"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return importlib.import_module(f"{__name__}.{name}")


# Stays below every other import: it looks at what they have loaded.
__compiled__ = build.is_compiled()
