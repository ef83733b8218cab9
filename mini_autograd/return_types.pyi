"""Types of the results of ops that have several. Written by `python -m mini_autograd.stub`."""

# mypy: disable-error-code="overload-cannot-match, overload-overlap, override, misc"

from collections.abc import Sequence
from typing import Any, NamedTuple
from mini_autograd.tensor import Tensor

__all__: list[str]
class ReturnType(tuple[Any, ...]):
    def __new__(cls, sequence: Sequence[Any]) -> ReturnType: ...
def return_type(name: str, names: tuple[str, ...]) -> type[ReturnType]: ...
class _scaled_dot_product_flash_attention_for_cpu(NamedTuple):
    output: Tensor
    logsumexp: Tensor
class _scaled_dot_product_flash_attention_for_cpu_backward(NamedTuple):
    grad_query: Tensor
    grad_key: Tensor
    grad_value: Tensor
class aminmax(NamedTuple):
    min: Tensor
    max: Tensor
class aminmax_out(NamedTuple):
    min: Tensor
    max: Tensor
class cummax(NamedTuple):
    values: Tensor
    indices: Tensor
class cummax_out(NamedTuple):
    values: Tensor
    indices: Tensor
class cummin(NamedTuple):
    values: Tensor
    indices: Tensor
class cummin_out(NamedTuple):
    values: Tensor
    indices: Tensor
class frexp(NamedTuple):
    mantissa: Tensor
    exponent: Tensor
class frexp_out(NamedTuple):
    mantissa: Tensor
    exponent: Tensor
class kthvalue(NamedTuple):
    values: Tensor
    indices: Tensor
class kthvalue_out(NamedTuple):
    values: Tensor
    indices: Tensor
class log_sigmoid_forward(NamedTuple):
    output: Tensor
    buffer: Tensor
class max(NamedTuple):
    values: Tensor
    indices: Tensor
class max_out(NamedTuple):
    values: Tensor
    indices: Tensor
class median(NamedTuple):
    values: Tensor
    indices: Tensor
class median_out(NamedTuple):
    values: Tensor
    indices: Tensor
class min(NamedTuple):
    values: Tensor
    indices: Tensor
class min_out(NamedTuple):
    values: Tensor
    indices: Tensor
class mode(NamedTuple):
    values: Tensor
    indices: Tensor
class mode_out(NamedTuple):
    values: Tensor
    indices: Tensor
class multilabel_margin_loss_forward(NamedTuple):
    output: Tensor
    is_target: Tensor
class nanmedian(NamedTuple):
    values: Tensor
    indices: Tensor
class nanmedian_out(NamedTuple):
    values: Tensor
    indices: Tensor
class nll_loss2d_forward(NamedTuple):
    output: Tensor
    total_weight: Tensor
class nll_loss_forward(NamedTuple):
    output: Tensor
    total_weight: Tensor
class sort(NamedTuple):
    values: Tensor
    indices: Tensor
class sort_out(NamedTuple):
    values: Tensor
    indices: Tensor
class topk(NamedTuple):
    values: Tensor
    indices: Tensor
class topk_out(NamedTuple):
    values: Tensor
    indices: Tensor
