"""Functions that change their inputs in place, or say so."""

from .seen import seen


def doubled_in_place(torch, events):
    class DoubledInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad)
            return grad * 2

    return DoubledInPlace


def exponential_in_place(torch, events):
    class ExponentialInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.exp_()
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            (result,) = ctx.saved_tensors
            return grad * result

    return ExponentialInPlace


def multiplied_in_place(torch, events):
    class MultipliedInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x.clone(), y)
            x.mul_(y)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            x, y = ctx.saved_tensors
            seen(events, ctx, grad)
            return grad * y, grad * x

    return MultipliedInPlace


def second_in_place(torch, events):
    class SecondInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            y.add_(x)
            ctx.mark_dirty(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * 2, grad * 3

    return SecondInPlace


def in_place_and_more(torch, events):
    class InPlaceAndMore(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 3
            x.mul_(2)
            ctx.mark_dirty(x)
            return y, x

        @staticmethod
        def backward(ctx, grad, grad_in_place):
            return grad * 3 + grad_in_place * 2

    return InPlaceAndMore


def in_place_without_gradient(torch, events):
    class InPlaceWithoutGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return None

    return InPlaceWithoutGradient


def constant_in_place(torch, events):
    class ConstantInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            ctx.mark_non_differentiable(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad

    return ConstantInPlace


def unmarked_in_place(torch, events):
    class UnmarkedInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 4

    return UnmarkedInPlace


def not_returned(torch, events):
    class NotReturned(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2) * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 4

    return NotReturned


def dirty_result(torch, events):
    class DirtyResult(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            ctx.mark_dirty(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return DirtyResult


WRITING = (
    doubled_in_place,
    exponential_in_place,
    multiplied_in_place,
    second_in_place,
    in_place_and_more,
    in_place_without_gradient,
    constant_in_place,
    unmarked_in_place,
    not_returned,
    dirty_result,
)
