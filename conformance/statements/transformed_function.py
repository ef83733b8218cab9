"""Functions of the set that transforms are applied to which apply custom Functions."""


def by_rule(torch, x):
    class Cube(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x * x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            return 3 * ctx.saved_tensors[0] ** 2 * grad

        @staticmethod
        def jvp(ctx, tangent):
            return 3 * ctx.saved_tensors[0] ** 2 * tangent

    return Cube.apply(x)


def by_rule_of_two(torch, x, y):
    class Product(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x, factor, y):
            return x * y * factor, x + y

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, ctx.factor, y = inputs
            ctx.save_for_backward(x, y)
            ctx.save_for_forward(x, y)

        @staticmethod
        def backward(ctx, grad_product, grad_sum):
            x, y = ctx.saved_tensors
            needed = ctx.needs_input_grad
            return (
                grad_product * y * ctx.factor + grad_sum if needed[0] else None,
                None,
                grad_product * x * ctx.factor + grad_sum if needed[2] else None,
            )

        @staticmethod
        def jvp(ctx, x_tangent, _, y_tangent):
            x, y = ctx.saved_tensors
            return (x_tangent * y + y_tangent * x) * ctx.factor, x_tangent + y_tangent

    return Product.apply(x, 2.0, y)


def by_own_rule(torch, x):
    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.sin()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def vmap(info, in_dims, x):
            return Sine.apply(x) * info.batch_size, in_dims[0]

        @staticmethod
        def backward(ctx, grad):
            return ctx.saved_tensors[0].cos() * grad

        @staticmethod
        def jvp(ctx, tangent):
            return ctx.saved_tensors[0].cos() * tangent

    return Sine.apply(x)


def without_rule(torch, x):
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return Doubled.apply(x)


def without_setup(torch, x):
    class Squared(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return 2 * ctx.saved_tensors[0] * grad

    return Squared.apply(x)


def packed(torch, x):
    with torch.autograd.graph.saved_tensors_hooks(lambda one: one, lambda one: one):
        return x.sin() * x


APPLYING = (by_rule, by_rule_of_two, by_own_rule, without_rule, without_setup, packed)
