"""Functions that are wrong: what a library says of them is part of what it does."""


def too_many_gradients(torch, events):
    class TooManyGradients(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2, grad

    return TooManyGradients


def too_few_gradients(torch, events):
    class TooFewGradients(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            return x * n

        @staticmethod
        def backward(ctx, grad):
            return grad

    return TooFewGradients


def gradient_of_wrong_shape(torch, events):
    class GradientOfWrongShape(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return torch.ones(7)

    return GradientOfWrongShape


def gradient_that_is_none(torch, events):
    class GradientThatIsNone(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return "gradient"

    return GradientThatIsNone


def gradient_in_a_list(torch, events):
    class GradientInAList(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return [grad]

    return GradientInAList


def complex_gradient(torch, events):
    class ComplexGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad.to(torch.complex64) * 1j

    return ComplexGradient


def gradient_of_a_number(torch, events):
    class GradientOfANumber(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            return x * n

        @staticmethod
        def backward(ctx, grad):
            return grad, grad

    return GradientOfANumber


def fails_forward(torch, events):
    class FailsForward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            raise ValueError("raised by forward")

    return FailsForward


def fails_backward(torch, events):
    class FailsBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            events.append(("failing", grad.detach().clone()))
            raise ValueError("raised by backward")

    return FailsBackward


def saves_a_number(torch, events):
    class SavesANumber(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, 3)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad

    return SavesANumber


def saves_a_list(torch, events):
    class SavesAList(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.to_save = [x]
            return x * 2

    return SavesAList


def saves_a_number_for_forward(torch, events):
    class SavesANumberForForward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_forward(x, 3)
            return x * 2

    return SavesANumberForForward


def marks_numbers(torch, events):
    class MarksNumbers(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            ctx.mark_dirty(n) if n % 2 else ctx.mark_non_differentiable(n)
            return x * 2

    return MarksNumbers


def fills_by_number(torch, events):
    class FillsByNumber(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(1)
            return x * 2

    return FillsByNumber


def shares_storage(torch, events):
    class SharesStorage(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_shared_storage((x, x))
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad, ctx.saved_variables and None

    return SharesStorage


def saved_as_it_is(torch, events):
    class SavedAsItIs(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, grad):
            return grad

    return SavedAsItIs


def two_pure_views(torch, events):
    class TwoPureViews(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx._is_pure_view = True
            return x.view(x.shape), x.view(x.shape)

    return TwoPureViews


def without_backward(torch, events):
    class WithoutBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    return WithoutBackward


def without_forward(torch, events):
    class WithoutForward(torch.autograd.Function):
        @staticmethod
        def backward(ctx, grad):
            return grad

    return WithoutForward


def with_two_backwards(torch, events):
    class WithTwoBackwards(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def vjp(ctx, grad):
            return grad * 2

    return WithTwoBackwards


def without_argument(torch, events):
    class WithoutArgument(torch.autograd.Function):
        @staticmethod
        def forward(ctx):
            return torch.ones(2)

    return WithoutArgument


def of_old_style(torch, events):
    class OfOldStyle(torch.autograd.Function):
        def forward(self, x):
            self.save_for_backward(x)
            return x * 2

        def backward(self, grad):
            return grad * 2

    return OfOldStyle


def instance(torch, events):
    class Instance(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    class Caller:
        @staticmethod
        def apply(x):
            return Instance()(x)

    return Caller


def instance_applied(torch, events):
    class Instance(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return Instance()


def kept_from_writing(torch, events):
    class KeptFromWriting(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            names = ("saved_tensors", "next_functions", "metadata", "requires_grad", "_raw_saved_tensors")
            setattr(ctx, names[n % 5], None)
            return x * 2

    return KeptFromWriting


def read_from_function(torch, events):
    class ReadFromFunction(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            return getattr(ctx, ("materialize_grads", "_is_pure_view", "missing")[n % 3])

    return ReadFromFunction


MISTAKES = (
    too_many_gradients,
    too_few_gradients,
    gradient_of_wrong_shape,
    gradient_that_is_none,
    gradient_in_a_list,
    complex_gradient,
    gradient_of_a_number,
    fails_forward,
    fails_backward,
    saves_a_number,
    saves_a_list,
    saves_a_number_for_forward,
    marks_numbers,
    fills_by_number,
    shares_storage,
    saved_as_it_is,
    two_pure_views,
    without_backward,
    without_forward,
    with_two_backwards,
    without_argument,
    of_old_style,
    instance,
    instance_applied,
    kept_from_writing,
    read_from_function,
)
