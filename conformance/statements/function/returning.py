"""Functions by where the tensors come from that they return."""

from .seen import seen


def as_it_is(torch, events):
    class AsItIs(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            seen(events, ctx, grad)
            return grad * 2

    return AsItIs


def as_it_is_and_saved(torch, events):
    class AsItIsAndSaved(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    return AsItIsAndSaved


def as_it_is_twice(torch, events):
    class AsItIsTwice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x, x

        @staticmethod
        def backward(ctx, first, second):
            return first + 2 * second

    return AsItIsTwice


def part(torch, events):
    class Part(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.shape = x.shape
            return x.reshape(-1)[:1]

        @staticmethod
        def backward(ctx, grad):
            return grad.sum().expand(ctx.shape) * 2

    return Part


def transposed(torch, events):
    class Transposed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.transpose(0, -1)

        @staticmethod
        def backward(ctx, grad):
            return grad.transpose(0, -1) * 2

    return Transposed


def parts(torch, events):
    class Parts(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1], x[1:]

        @staticmethod
        def backward(ctx, first, rest):
            return torch.cat([first * 2, rest * 3])

    return Parts


def whole_and_part(torch, events):
    class WholeAndPart(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            whole = x * 2
            return whole, whole[:1]

        @staticmethod
        def backward(ctx, grad, grad_part):
            return grad * 2 + grad_part.sum()

    return WholeAndPart


def part_of_fresh(torch, events):
    class PartOfFresh(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return (x * 2).unsqueeze(0).transpose(0, -1)

        @staticmethod
        def backward(ctx, grad):
            return grad.transpose(0, -1).squeeze(0) * 2

    return PartOfFresh


def pure_view(torch, events):
    class PureView(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx._is_pure_view = True
            return x.view(x.shape)

        @staticmethod
        def backward(ctx, grad):
            return grad

    return PureView


def detached(torch, events):
    class Detached(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.detach()

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return Detached


def same_twice(torch, events):
    class SameTwice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            return y, y

        @staticmethod
        def backward(ctx, first, second):
            seen(events, ctx, first, second)
            return first + 2 * second

    return SameTwice


def with_history(torch, events):
    class WithHistory(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                return x.detach().requires_grad_() * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return WithHistory


def new_leaf(torch, events):
    class NewLeaf(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.detach().clone().requires_grad_()

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return NewLeaf


def constant(torch, events):
    class Constant(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            ctx.mark_non_differentiable(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad

    return Constant


def constant_input(torch, events):
    class ConstantInput(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_non_differentiable(x)
            return x, x * 2

        @staticmethod
        def backward(ctx, grad, other):
            seen(events, ctx, grad, other)
            return other * 2

    return ConstantInput


def constant_part(torch, events):
    class ConstantPart(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x[:1]
            ctx.mark_non_differentiable(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad

    return ConstantPart


def sorted_with_order(torch, events):
    class SortedWithOrder(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            values, order = x.sort()
            ctx.mark_non_differentiable(order)
            ctx.save_for_backward(order)
            return values, order

        @staticmethod
        def backward(ctx, grad, grad_order):
            (order,) = ctx.saved_tensors
            return torch.zeros_like(grad).scatter(-1, order, grad)

    return SortedWithOrder


def in_a_list(torch, events):
    class InAList(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return [x * 2, x]

        @staticmethod
        def backward(ctx, *grads):
            return grads[0]

    return InAList


def with_number(torch, events):
    class WithNumber(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x.ndim, None, "text"

        @staticmethod
        def backward(ctx, grad, *others):
            seen(events, ctx, grad, *others)
            return grad * 2

    return WithNumber


RETURNING = (
    as_it_is,
    as_it_is_and_saved,
    as_it_is_twice,
    part,
    transposed,
    parts,
    whole_and_part,
    part_of_fresh,
    pure_view,
    detached,
    same_twice,
    with_history,
    new_leaf,
    constant,
    constant_input,
    constant_part,
    sorted_with_order,
    in_a_list,
    with_number,
)
