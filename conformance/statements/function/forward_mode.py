"""Functions with a ``jvp``."""

from .seen import seen


def cube_by_jvp(torch, events):
    class CubeByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return x**3, n

        @staticmethod
        def backward(ctx, grad, _):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * grad, None

        @staticmethod
        def jvp(ctx, tangent, _):
            (x,) = ctx.saved_tensors
            seen(events, ctx, tangent, x)
            return 3 * x**2 * tangent, None

    return CubeByJvp


def product_by_jvp(torch, events):
    class ProductByJvp(torch.autograd.Function):
        @staticmethod
        def forward(x, y):
            return x * y, x + y

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, grad_product, grad_sum):
            x, y = ctx.saved_tensors
            return grad_product * y + grad_sum, grad_product * x + grad_sum

        @staticmethod
        def jvp(ctx, x_t, y_t):
            x, y = ctx.saved_tensors
            seen(events, ctx, x_t, y_t, torch.is_grad_enabled())
            return x_t * y + x * y_t, x_t + y_t

    return ProductByJvp


def unfilled_by_jvp(torch, events):
    class UnfilledByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.set_materialize_grads(False)
            return x + y

        @staticmethod
        def backward(ctx, grad):
            return grad, grad

        @staticmethod
        def jvp(ctx, x_t, y_t):
            seen(events, ctx, x_t, y_t)
            return x_t if y_t is None else y_t

    return UnfilledByJvp


def view_by_jvp(torch, events):
    class ViewByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.transpose(0, -1)

        @staticmethod
        def backward(ctx, grad):
            return grad.transpose(0, -1)

        @staticmethod
        def jvp(ctx, tangent):
            return tangent.transpose(0, -1)

    return ViewByJvp


def as_it_is_by_jvp(torch, events):
    class AsItIsByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad

        @staticmethod
        def jvp(ctx, tangent):
            return tangent.view_as(tangent)

    return AsItIsByJvp


def in_place_by_jvp(torch, events):
    class InPlaceByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent.mul_(2)

    return InPlaceByJvp


def constant_by_jvp(torch, events):
    class ConstantByJvp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.round()
            ctx.mark_non_differentiable(y)
            return y, x * 2

        @staticmethod
        def backward(ctx, _, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return None, tangent * 2

    return ConstantByJvp


def copy_for_view(torch, events):
    class CopyForView(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, grad):
            return grad

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * 1

    return CopyForView


def copy_for_in_place(torch, events):
    class CopyForInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * 2

    return CopyForInPlace


def tangent_for_constant(torch, events):
    class TangentForConstant(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.round()
            ctx.mark_non_differentiable(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad

        @staticmethod
        def jvp(ctx, tangent):
            return tangent

    return TangentForConstant


def too_many_tangents(torch, events):
    class TooManyTangents(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent, tangent

    return TooManyTangents


def tangent_of_wrong_shape(torch, events):
    class TangentOfWrongShape(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return torch.stack([tangent, tangent])

    return TangentOfWrongShape


FORWARD_MODE = (
    cube_by_jvp,
    product_by_jvp,
    unfilled_by_jvp,
    view_by_jvp,
    as_it_is_by_jvp,
    in_place_by_jvp,
    constant_by_jvp,
    copy_for_view,
    copy_for_in_place,
    tangent_for_constant,
    too_many_tangents,
    tangent_of_wrong_shape,
)
