"""Random numbers: new tensors of them, and fills in place, which cut the tensor off from its history."""

from mini_autograd import dtypes
from mini_autograd.dtypes import BOOL, COMPLEX
from mini_autograd.errors import not_implemented
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.layouts import contiguous_format
from mini_autograd.op import distribution as check
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.distribution import type_drawn
from mini_autograd.op.factory import create
from mini_autograd.op.generator import source_of

# New tensors: each with an overload that takes a generator and one that does not.


def sampled(head, fill, *, like=False, out=(None, None), **options):
    """Declare ``head`` twice. ``fill(array, *parameters, dtype, source)`` gives the elements of a new array,
    whose sizes are the last argument; with ``like``, it is like the first."""
    name, _, arguments = head.partition("(")
    base, _, overload = name.partition(".")

    def made(given, memory_format, generator, dtype):
        if like:
            array, parameters = kernel.empty_like(given[0], memory_format, dtype), given[1:]
        else:
            array, parameters = kernel.new_array(given[-1], dtype), given[:-1]
        array[...] = fill(array, *parameters, dtype, source_of(generator, array))
        return array

    def with_generator(*args):
        *given, dtype = args
        memory_format = given.pop() if like else None
        return made(given[:-1], memory_format, given[-1], dtype)

    def without(*args):
        *given, dtype = args
        memory_format = given.pop() if like else None
        return made(given, memory_format, None, dtype)

    seeded = f"{base}.{overload}_generator" if overload else f"{base}.generator"
    create(f"{seeded}({arguments}, *, Generator? generator", with_generator, memory_format=like, out=out[0],
        **options)
    create(head, without, memory_format=like, out=out[1], **options)


def uniform(array, dtype, source):
    check.check_uniform(dtype, 0.0, 1.0)
    return kernel.uniform(array, 0.0, 1.0, source)


def normal(array, dtype, source):
    check.check_floating("normal_kernel_cpu", dtype if array.size else None)
    return kernel.normal(array, 0.0, 1.0, source)


def below(array, high, dtype, source):
    return between(array, 0, high, dtype, source)


def below_tensor(array, high, dtype, source):
    return between(array, 0, int(high), dtype, source)


def between(array, low, high, dtype, source):
    check.check_integers(dtype, low, high)
    return kernel.integers(array, low, high, source)


def long(*args):
    return dtypes.int64


outs = ("generator_out", "out")

sampled("rand(SymInt[] size", uniform, out=outs)
sampled("randn(SymInt[] size", normal, out=outs)
sampled("randint(SymInt high, SymInt[] size", below, out=outs, default="long", dtype=long)
sampled("randint.low(SymInt low, SymInt high, SymInt[] size", between, out=("low_generator_out", "low_out"),
        default="long", dtype=long)
sampled("rand_like(Tensor self", uniform, like=True)
sampled("randn_like(Tensor self", normal, like=True)
sampled("randint_like.low(Tensor self, SymInt low, SymInt high", between, like=True)
sampled("randint_like.Tensor(Tensor self, Tensor high", below_tensor, like=True,
        dtype=lambda self, *rest: self._dtype)
sampled("randint_like(Tensor self, SymInt high", below, like=True)


def permutation(n, generator, dtype):
    if dtype.category in (BOOL, COMPLEX):
        raise not_implemented("randperm", dtype)
    array = kernel.new_array((n,), dtype)
    kernel.element(n, dtype)
    array[...] = kernel.randperm(n, source_of(generator, array))
    return array


create("randperm.generator(SymInt n, *, Generator? generator", permutation, out="generator_out",
    default="long",
       dtype=long)
create("randperm(SymInt n", lambda n, dtype: permutation(n, None, dtype), out="out", default="long",
    dtype=long)

# Fills.


def drawn(draw, at=0):
    """A kernel whose last argument is a generator, or None for the default one of where its argument ``at`` lies."""
    return lambda *args: draw(*args[:-1], source_of(args[-1], args[at]))


def allowed(check):
    """A check of the dtype and of the parameters."""
    return lambda self, *args: check(self._dtype, *args[:-1])


def allowed_if_drawn(check):
    """The same, where a type counts only if there is something to draw."""
    return lambda self, *args: check(type_drawn(self), *args[:-1])


def check_uniform(self, start, to, generator):
    if self._array.size or not self._dtype.is_complex:
        check.check_uniform(self._dtype, start, to)


def random_from(self, start, to, source):
    """Up to the largest integer of the type where ``to`` is None."""
    if to is None and start == -(1 << 63):
        return kernel.every_integer(self, source)
    return kernel.integers(self, start, kernel.integer_limit(self.dtype) if to is None else to, source)


def random_to(self, to, source):
    return kernel.integers(self, 0, to, source)


fill = family(opmath=False, jvp="zero", in_place=True, variants="in place",
    self = lambda grad: F.zeros_like(grad))

fill("uniform(Tensor self, float from=0, float to=1, *, Generator? generator=None) -> Tensor",
    drawn(kernel.uniform), check=check_uniform)
fill("normal(Tensor self, float mean=0, float std=1, *, Generator? generator=None) -> Tensor",
    drawn(kernel.normal), check=allowed_if_drawn(check.check_normal))
fill("exponential(Tensor self, float lambd=1, *, Generator? generator=None) -> Tensor",
    drawn(kernel.exponential), check=allowed_if_drawn(check.check_exponential))
fill("cauchy(Tensor self, float median=0, float sigma=1, *, Generator? generator=None) -> Tensor",
    drawn(kernel.cauchy), check=allowed(check.check_cauchy))
fill("log_normal(Tensor self, float mean=1, float std=2, *, Generator? generator=None) -> Tensor",
    drawn(kernel.log_normal), check=allowed_if_drawn(check.check_log_normal))
fill("geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor",
    drawn(kernel.geometric), check=allowed_if_drawn(check.check_geometric))
fill("random.from(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor",
    drawn(random_from), check=allowed(check.check_open_integers))
fill("random.to(Tensor self, int to, *, Generator? generator=None) -> Tensor", drawn(random_to),
    check=allowed(lambda kind, to: check.check_integers(kind, 0, to)), grad_fn="RandomBackward1")
fill("random(Tensor self, *, Generator? generator=None) -> Tensor", drawn(kernel.integers_of_type),
    check=allowed_if_drawn(check.check_any_integer), grad_fn="RandomBackward2")
fill("bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor",
    drawn(kernel.bernoulli_tensor), dtype=as_is, grad_fn="BernoulliBackward1",
    check=lambda self, p, generator: check.check_probabilities(self, p),
    p    = lambda grad: F.zeros_like(grad))
fill("bernoulli.float(Tensor self, float p=0.5, *, Generator? generator=None) -> Tensor",
    drawn(kernel.bernoulli_float), check=allowed_if_drawn(check.check_probability), grad_fn="BernoulliBackward2")

# Draws with parameters of their own for each element.

draw = family(opmath=False, variants="function")

op("bernoulli(Tensor self, *, Generator? generator=None) -> Tensor", drawn(kernel.bernoulli_self),
    opmath=False,
    jvp=lambda self_t: F.zeros_like(self_t), check=lambda self, generator: check.check_probabilities(self, self),
    self = lambda grad: F.zeros_like(grad))
op("bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor",
    composite=lambda self, p, generator: F.bernoulli_(
        F.empty_like(self, memory_format=contiguous_format), p, generator=generator))
op("multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> "
    "Tensor",
    drawn(kernel.multinomial), result=dtypes.int64, opmath=False,
    check=lambda self, num_samples, replacement, generator: check.check_weights(self, num_samples,
        replacement))


def check_means(mean, std, generator):
    check.check_normal(type_drawn(mean), 0.0, std)


def check_deviations(mean, std, generator):
    check.check_deviations(mean, std)


draw("normal.Tensor_float(Tensor mean, float std=1, *, Generator? generator=None) -> Tensor",
    drawn(kernel.normal_around), check=check_means, grad_fn="NormalBackward1",
    mean = lambda grad, mean_sym_sizes: F.zeros(mean_sym_sizes, **options_of(grad)))
draw("normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor",
    drawn(kernel.normal_scaled, at=1), check=check_deviations, grad_fn="NormalBackward2",
    std  = lambda grad, std_sym_sizes:  F.zeros(std_sym_sizes, **options_of(grad)))
draw("normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor",
    drawn(kernel.normal_each), check=check_deviations,
        dtype=lambda mean, *rest: mean._dtype, promoted=("mean",),
    grad_fn="NormalBackward3",
    mean = lambda grad, mean_sym_sizes: F.zeros(mean_sym_sizes, **options_of(grad)),
    std  = lambda grad, std_sym_sizes:  F.zeros(std_sym_sizes, **options_of(grad)))


def normal_sized(mean, std, size, generator, dtype):
    array = kernel.new_array(size, dtype)
    check.check_normal(dtype if array.size else None, mean, std)
    array[...] = kernel.normal(array, mean, std, source_of(generator, array))
    return array


create("normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None", normal_sized,
       out="float_float_out")
