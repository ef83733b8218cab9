"""Random numbers of a GPU: Philox's known answers, streams that states continue, and distributions."""

import math

import numpy as np
import pytest
import scipy.stats

import mini_autograd as torch
from mini_autograd.kernels.cuda.override import random
from mini_autograd.nn import functional

# Counter, key and result: kat_vectors of Random123 for philox4x32 with 10 rounds.
VECTORS = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)
COUNT = 20000
LEAST = 1e-3  # of a test's probability; the seed is fixed


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(20)


def on_gpu(*shape, dtype=torch.float64):
    return torch.empty(*shape, dtype=dtype, device="cuda")


@pytest.mark.parametrize(("counter", "key", "result"), VECTORS)
def test_known_answers(counter, key, result):
    assert random.block_of(counter, key) == result


def test_words_are_blocks_in_order():
    """Word ``i`` is word ``i % 4`` of the block at counter ``i // 4``, whatever else is asked for."""
    seed, offset = 0x299F31D0A4093822, 0x0370734413198A2E
    words = random.words_at(11, seed, offset).get().tolist()
    blocks = [random.block_of((at, 0, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)) for at in range(3)]
    assert words == [word for block in blocks for word in block][:11]
    assert random.words_at(5, seed, offset).get().tolist() == words[:5]
    assert (
        random.words_by_arrays(4099, seed, offset).get().tolist()
        == random.words_at(4099, seed, offset).get().tolist()
    )


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [
        (lambda: on_gpu(COUNT).uniform_(-1, 3), scipy.stats.uniform(-1, 4)),
        (lambda: on_gpu(COUNT, dtype=torch.float32).uniform_(), scipy.stats.uniform()),
        (lambda: torch.rand(COUNT, device="cuda"), scipy.stats.uniform()),
        (lambda: torch.randn(COUNT, device="cuda"), scipy.stats.norm()),
        (lambda: torch.randn(COUNT - 1, device="cuda", dtype=torch.float64), scipy.stats.norm()),
        (lambda: on_gpu(COUNT).normal_(2, 3), scipy.stats.norm(2, 3)),
        (lambda: torch.normal(on_gpu(COUNT).fill_(1), on_gpu(1).fill_(2)), scipy.stats.norm(1, 2)),
        (lambda: torch.normal(1.0, on_gpu(COUNT).fill_(2)), scipy.stats.norm(1, 2)),
        (lambda: on_gpu(COUNT).exponential_(2), scipy.stats.expon(scale=0.5)),
        (lambda: on_gpu(COUNT).cauchy_(1, 2), scipy.stats.cauchy(1, 2)),
        (lambda: on_gpu(COUNT).log_normal_(1, 0.5), scipy.stats.lognorm(0.5, scale=math.e)),
        (lambda: -functional.rrelu(-on_gpu(COUNT).fill_(1), 0.1, 0.3, True), scipy.stats.uniform(0.1, 0.2)),
    ],
)  # fmt: skip
def test_distributions(draw, distribution):
    drawn = draw().cpu().numpy()
    assert scipy.stats.kstest(drawn, distribution.cdf).pvalue > LEAST
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.05 or not np.isfinite(distribution.var())


@pytest.mark.parametrize(
    ("draw", "chances"),
    [
        (lambda: torch.randint(7, (COUNT,), device="cuda"), [1 / 7] * 7),
        (lambda: torch.empty(COUNT, dtype=torch.bool, device="cuda").random_(), [0.5, 0.5]),
        (lambda: on_gpu(COUNT).bernoulli_(0.3), [0.7, 0.3]),
        (lambda: torch.bernoulli(on_gpu(COUNT).fill_(0.3)), [0.7, 0.3]),
        (lambda: functional.dropout(on_gpu(COUNT).fill_(1), 0.25) * 0.75, [0.25, 0.75]),
        (lambda: on_gpu(COUNT).geometric_(0.5).clamp(max=4) - 1, [0.5, 0.25, 0.125, 0.125]),
        (lambda: torch.multinomial(on_gpu(3).copy_(torch.tensor([1.0, 0, 3])), COUNT, True), [0.25, 0, 0.75]),
        (lambda: torch.multinomial(on_gpu(COUNT, 3).copy_(torch.tensor([1.0, 0, 3])), 1)[:, 0], [0.25, 0, 0.75]),
        (lambda: torch.multinomial(on_gpu(COUNT, 3).copy_(torch.tensor([1.0, 0, 3])), 1, True)[:, 0], [0.25, 0, 0.75]),
        (lambda: torch.stack([torch.randperm(4, device="cuda") for _ in range(900)])[:, 1], [0.25] * 4),
    ],
)  # fmt: skip
def test_discrete_distributions(draw, chances):
    drawn = draw().cpu().numpy().astype(np.int64)
    counts = np.bincount(drawn, minlength=len(chances))
    assert len(counts) == len(chances)
    expected = np.array(chances) * len(drawn)
    assert not counts[expected == 0].any()
    some = expected > 0
    assert scipy.stats.chisquare(counts[some], expected[some]).pvalue > LEAST


def test_without_replacement():
    weights = torch.rand(50, 9, device="cuda") + 0.1
    chosen = torch.multinomial(weights, 9).cpu().numpy()
    assert (np.sort(chosen, 1) == np.arange(9)).all()
    assert sorted(torch.randperm(100, device="cuda").tolist()) == list(range(100))


def test_states():
    generator = torch.Generator("cuda:1")
    generator.manual_seed(5)
    state = generator.get_state()
    assert state.device.type == "cpu"
    assert state.numpy().view(np.uint64).tolist() == [5, 0]
    first = torch.rand(3, device="cuda:1", generator=generator)
    assert generator.get_offset() == 4
    assert generator.initial_seed() == 5
    second = torch.rand(3, device="cuda:1", generator=generator)
    assert not torch.equal(first, second)
    assert torch.equal(torch.rand(3, device="cuda:1", generator=generator.set_state(state)), first)
    assert torch.equal(torch.rand(3, device="cuda:1", generator=generator), second)
    assert torch.equal(torch.rand(3, device="cuda:1", generator=generator.set_offset(4)), second)
    with pytest.raises(RuntimeError, match="offset must be a multiple of 4"):
        generator.set_offset(6)
    with pytest.raises(RuntimeError, match="RNG state is wrong size"):
        generator.set_state(torch.zeros(3, dtype=torch.uint8))
    with pytest.raises(RuntimeError, match="CPU Generator does not use offset"):
        torch.Generator().get_offset()


def test_default_generators():
    """A seed is that of all GPUs, each of which goes on by itself; nothing is drawn from the CPU's."""
    before = torch.get_rng_state()
    first = torch.rand(3, device="cuda:0")
    assert torch.equal(first.cpu(), torch.rand(3, device="cuda:1").cpu())
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(20)
    assert torch.equal(torch.rand_like(first), first)
    assert torch.cuda.default_generators[0].initial_seed() == 20


def test_generators_of_elsewhere():
    with pytest.raises(RuntimeError, match="Expected a 'cuda' device type for generator but found 'cpu'"):
        torch.rand(3, device="cuda", generator=torch.Generator())
    with pytest.raises(RuntimeError, match="Expected a 'cpu' device type for generator but found 'cuda'"):
        torch.rand(3, generator=torch.Generator("cuda"))


def test_bad_probabilities_are_told_later():
    drawn = torch.bernoulli(on_gpu(3).fill_(1.5))
    with pytest.raises(RuntimeError, match="device-side assert triggered"):
        drawn.cpu()
    assert torch.bernoulli(on_gpu(3).fill_(1)).tolist() == [1, 1, 1]
