"""Functions by what gradients they take and give."""

from .seen import seen


def scale(torch, events):
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.factor, None

    return Scale


def straight_through(torch, events):
    class StraightThrough(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.round()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx, grad):
            return grad

    return StraightThrough


def unfilled(torch, events):
    class Unfilled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, first, second):
            seen(events, ctx, first, second)
            if first is None or second is None:
                return first if second is None else second
            return 2 * first + 3 * second

    return Unfilled


def filled(torch, events):
    class Filled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            rounded = x.round()
            ctx.mark_non_differentiable(rounded)
            return x * 2, rounded, x.numel(), x * 3

        @staticmethod
        def backward(ctx, *grads):
            seen(events, ctx, *grads)
            return 2 * grads[0] + 3 * grads[3]

    return Filled


def half_filled(torch, events):
    class HalfFilled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx._materialize_non_diff_grads = False
            rounded = x.round()
            ctx.mark_non_differentiable(rounded)
            return x * 2, rounded, x * 3

        @staticmethod
        def backward(ctx, *grads):
            seen(events, ctx, *grads, ctx._materialize_non_diff_grads)
            return 2 * grads[0] + 3 * grads[2]

    return HalfFilled


def nothing_back(torch, events):
    class NothingBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return None

    return NothingBack


def spread_back(torch, events):
    class SpreadBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return torch.stack([grad, grad * 3]), None, None

    return SpreadBack


def wider_back(torch, events):
    class WiderBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad.double() * 2

    return WiderBack


def whole_back(torch, events):
    class WholeBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return (grad * 2).to(torch.int64)

    return WholeBack


def changes_gradient(torch, events):
    class ChangesGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, grad):
            return grad, grad.mul_(2)

    return ChangesGradient


def same_back(torch, events):
    class SameBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, grad):
            return grad, grad

    return SameBack


def in_lists(torch, events):
    class InLists(torch.autograd.Function):
        @staticmethod
        def forward(ctx, pair, named, x):
            seen(events, ctx, pair, x)
            ctx.save_for_backward(*pair, x)
            return pair[0] * 2 + x

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad, *ctx.saved_tensors)
            return None, None, grad

    return InLists


def with_names(torch, events):
    class WithNames(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor, y=None):
            ctx.factor = factor
            return x * factor if y is None else x * factor + y

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad)
            return (grad * ctx.factor, None, grad)[: len(ctx.needs_input_grad)]

    return WithNames


def by_vjp(torch, events):
    class ByVjp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def vjp(ctx, grad):
            return grad * 2

    return ByVjp


def boxed(torch, events):
    class Boxed(torch.autograd.Function):
        boxed_grads_call = True

        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, grads):
            seen(events, ctx, grads)
            return 2 * grads.pop(0) + 3 * grads.pop()

    return Boxed


GRADIENTS = (
    scale,
    straight_through,
    unfilled,
    filled,
    half_filled,
    nothing_back,
    spread_back,
    wider_back,
    whole_back,
    changes_gradient,
    same_back,
    in_lists,
    with_names,
    by_vjp,
    boxed,
)
