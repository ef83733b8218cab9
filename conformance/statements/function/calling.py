"""Functions that call others, or start a pass, of their own; and those that may be differentiated once."""

from .seen import seen


def once(torch, events):
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0].cos()

    return Once


def once_of_several(torch, events):
    class OnceOfSeveral(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            seen(events, ctx, grad, torch.is_grad_enabled())
            x, y = ctx.saved_tensors
            return grad * y, grad * x if ctx.needs_input_grad[1] else None

    return OnceOfSeveral


def another_in_backward(torch, events):
    class Negated(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return -x

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad)
            return -grad

    class AnotherInBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return Negated.apply(grad) * -2

    return AnotherInBackward


def another_in_forward(torch, events):
    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            seen(events, ctx, x.requires_grad, torch.is_grad_enabled())
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    class AnotherInForward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = Inner.apply(x)
            seen(events, ctx, y.requires_grad)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return AnotherInForward


def pass_in_backward(torch, events):
    class PassInBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, grad):
            x = ctx.saved_tensors[0].detach().requires_grad_()
            with torch.enable_grad():
                x.sin().backward(grad)
            seen(events, ctx, x.grad)
            return x.grad

    return PassInBackward


def pass_in_forward(torch, events):
    class PassInForward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                inner = x.detach().requires_grad_()
                result = inner.sin()
                (slope,) = torch.autograd.grad(result.sum(), inner)
            ctx.save_for_backward(slope)
            return result.detach()

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    return PassInForward


def derived(torch, events):
    class Base(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    class Derived(Base):
        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad)
            return Base.backward(ctx, grad) * 3

    return Derived


def hooked(torch, events):
    class Hooked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.register_hook(lambda inputs, outputs: seen(events, ctx, inputs, outputs))
            ctx.register_prehook(lambda outputs: tuple(grad * 2 for grad in outputs))
            ctx.metadata["name"] = "hooked"
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad, ctx.metadata["name"])
            return grad * 2

    return Hooked


CALLING = (
    once,
    once_of_several,
    another_in_backward,
    another_in_forward,
    pass_in_backward,
    pass_in_forward,
    derived,
    hooked,
)
