"""Functions by what they keep for their backward."""

from .seen import seen


def cube(torch, events):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            seen(events, ctx, grad, x)
            return 3 * x**2 * grad

    return Cube


def exponential(torch, events):
    class Exponential(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    return Exponential


def product(torch, events):
    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, grad_product, grad_sum):
            x, y = ctx.saved_tensors
            seen(events, ctx, grad_product, grad_sum)
            needed = ctx.needs_input_grad
            return (
                grad_product * y + grad_sum if needed[0] else None,
                grad_product * x + grad_sum if needed[1] else None,
            )

    return Product


def kept_apart(torch, events):
    class KeptApart(torch.autograd.Function):
        @staticmethod
        def forward(x, y=2.0):
            return x * y

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, y = inputs
            ctx.save_for_backward(x, output, None)
            ctx.factor = y
            seen(events, ctx, inputs, output)

        @staticmethod
        def backward(ctx, grad):
            x, output, nothing = ctx.saved_tensors
            seen(events, ctx, grad, x, output, nothing)
            return grad * ctx.factor + 0 * output, None

    return KeptApart


def between(torch, events):
    class Between(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            inner = x.sin()
            ctx.save_for_backward(inner, None, x)
            ctx.seen_before = ctx.saved_tensors
            return inner * 2

        @staticmethod
        def backward(ctx, grad):
            inner, _, x = ctx.saved_tensors
            again, _, _ = ctx.saved_tensors
            seen(events, ctx, ctx.seen_before, inner, again is inner, len(ctx._raw_saved_tensors))
            return grad * x.cos() * 2 + 0 * inner

    return Between


def on_itself(torch, events):
    class OnItself(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x, ctx.outputs, ctx.buffer, ctx.extra = x, 1, 2, 3
            return x * x

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad, ctx.outputs, ctx.buffer, ctx.extra, torch.is_grad_enabled())
            return grad * 2 * ctx.x

    return OnItself


def looked_at_once(torch, events):
    class LookedAtOnce(torch.autograd.Function):
        clear_saved_tensors_on_access = True

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 2 + 0 * x

    return LookedAtOnce


def written_later(torch, events):
    class WrittenLater(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            inner = x * 1
            ctx.save_for_backward(inner)
            inner.add_(1)
            ctx.inner = inner
            return x + inner

        @staticmethod
        def backward(ctx, grad):
            (inner,) = ctx.saved_tensors
            ctx.inner.add_(1)
            seen(events, ctx, grad, inner)
            return grad * 2

    return WrittenLater


def recomputed(torch, events):
    class Recomputed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return (x * y).tanh()

        @staticmethod
        def backward(ctx, grad):
            x, y = (one.detach().requires_grad_() for one in ctx.saved_tensors)
            with torch.enable_grad():
                result = (x * y).tanh()
            return torch.autograd.grad(result, (x, y), grad)

    return Recomputed


SAVING = (
    cube,
    exponential,
    product,
    kept_apart,
    between,
    on_itself,
    looked_at_once,
    written_later,
    recomputed,
)
