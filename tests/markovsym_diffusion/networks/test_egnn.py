import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from markovsym import testing
from markovsym.kernels import Deterministic
from markovsym_diffusion.denoisers.spaces import MoleculeSpaces
from markovsym_diffusion.networks import EGNN, EGNNSize
from markovsym_diffusion.networks.messages import others
from tests.markovsym_diffusion.networks.pairwise import (
    noisy,
    one_by_one,
    pair_layers,
    told,
    weighted,
)

SMALL = EGNNSize(width=6, layers=2)
SPACES = MoleculeSpaces(channels=2, radial=0, basis=0)
SEEDS = st.integers(0, 1000)


def network(seed: int = 0) -> EGNN:
    return weighted(EGNN(SMALL, 2), seed)


def slow(egnn: EGNN, x: Tensor, h: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """The noise in one molecule, by the published formulas, pair by pair."""
    n = len(x)
    z = egnn.embed(torch.cat([h, t.expand(n, 1)], dim=-1))
    start = now = x
    for block in egnn.blocks:
        known = x.new_zeros(n, n, 2)
        for i in range(n):
            for j in range(n):
                known[i, j, 0] = (now[i] - now[j]).square().sum()
                known[i, j, 1] = (start[i] - start[j]).square().sum()
        z = told(block.messages, z, known)
        after = now.clone()
        for i in range(n):
            for j in set(range(n)) - {i}:
                inner = pair_layers(block.pairs, z[i], z[j], known[i, j])
                length = torch.sqrt(known[i, j, 0] + 1e-8)
                step = torch.tanh(block.force(inner)) * 15
                after[i] += (now[i] - now[j]) / (length + 1) * step
        now = after
    eps = now - start
    return eps - eps.mean(0), egnn.outward(z)[:, :-1]


@given(seed=SEEDS)
@torch.no_grad()
def test_it_is_the_published_network(seed: int) -> None:
    egnn, point = network(seed), noisy(seed, [3, 2, 1])
    eps_x, eps_h = egnn(*point)
    for m, molecule in enumerate(one_by_one(point)):
        n = len(molecule[0])
        for fast, wanted in zip((eps_x[m, :n], eps_h[m, :n]), slow(egnn, *molecule), strict=True):
            torch.testing.assert_close(fast, wanted)


def test_it_is_equivariant() -> None:
    k = Deterministic(network(), SPACES.noisy, SPACES.molecule)
    testing.assert_equivariant(k, x=noisy(1))


def test_padding_does_not_show() -> None:
    testing.assert_padding_invariant(Deterministic(network(), SPACES.noisy, SPACES.molecule))


def test_what_it_predicts_lies_in_its_space() -> None:
    testing.assert_in_space(Deterministic(network(), SPACES.noisy, SPACES.molecule))


@given(seed=SEEDS)
@torch.no_grad()
def test_a_shift_does_not_show(seed: int) -> None:
    x, h, t, mask = noisy(seed)
    shift = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    for moved, here in zip(network()(x + shift, h, t, mask), network()(x, h, t, mask), strict=True):
        torch.testing.assert_close(moved, here)


def test_pairs_are_of_two_different_atoms_that_exist() -> None:
    found = others(torch.tensor([[True, False, True]]))
    assert found.tolist() == [[[False, False, True], [False] * 3, [True, False, False]]]


@torch.no_grad()
def test_two_atoms_push_each_other_apart() -> None:
    """At a distance of 3 a step of tanh = 1/2 is 3 / (3 + 1) * 15 / 2."""
    egnn = EGNN(EGNNSize(width=1, layers=1), 1).double()
    for parameter in egnn.parameters():
        parameter.zero_()
    block = egnn.blocks[0]
    block.pairs.outward.bias.fill_(1.0)
    pushed = torch.nn.functional.silu(block.pairs.outward.bias)
    block.force.weight.copy_(torch.tensor(0.5).double().atanh() / pushed)
    x = torch.tensor([[[1.0, 2.0, 0.0], [4.0, 2.0, 0.0]]]).double()
    mask = torch.ones(1, 2, dtype=torch.bool)
    eps_x, _ = egnn(x, torch.zeros(1, 2, 1).double(), torch.zeros(1).double(), mask)
    wanted = torch.tensor([[[-5.625, 0.0, 0.0], [5.625, 0.0, 0.0]]]).double()
    torch.testing.assert_close(eps_x, wanted, atol=1e-7, rtol=1e-7)


@torch.no_grad()
def test_an_atom_alone_does_not_move() -> None:
    eps_x, eps_h = network()(*noisy(2, [1]))
    assert eps_x.abs().max() == 0
    assert eps_h.isfinite().all()
    assert eps_h.abs().max() > 0


def test_gradients_are_finite_where_two_atoms_coincide() -> None:
    x, h, t, mask = noisy(3, [3, 2])
    x[0, 1] = x[0, 0]
    egnn = network()
    eps_x, eps_h = egnn(x.requires_grad_(), h, t, mask)
    (eps_x.square().sum() + eps_h.square().sum()).backward()
    for leaf in (x, *egnn.parameters()):
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()
        assert leaf.grad.abs().max() > 0


def test_gradients_are_those_of_finite_differences() -> None:
    x, h, t, mask = noisy(6, [3, 2])
    torch.autograd.gradcheck(
        lambda x, h: network()(x, h, t, mask), (x.requires_grad_(), h.requires_grad_())
    )


@torch.no_grad()
def test_the_time_shows() -> None:
    x, h, t, mask = noisy(4)
    now, later = network()(x, h, t, mask), network()(x, h, t + 0.1, mask)
    assert all(bool((a != b).any()) for a, b in zip(now, later, strict=True))


@torch.no_grad()
def test_a_nan_is_not_hidden() -> None:
    x, h, t, mask = noisy(5)
    x[1, 0, 0] = torch.nan
    eps_x, _ = network()(x, h, t, mask)
    assert eps_x[1, :4].isnan().all()
    assert eps_x[[0, 2, 3]].isfinite().all()


def test_weights_start_as_published() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        egnn = EGNN(EGNNSize(width=32, layers=2), 6)
    for name, layer in egnn.named_modules():
        if isinstance(layer, nn.Linear):
            last = name.endswith("force")
            bound = 0.001 * (6 / 33) ** 0.5 if last else layer.in_features**-0.5
            assert 0.8 * bound < layer.weight.abs().max() <= bound
            assert (layer.bias is None) == last


@pytest.mark.parametrize(
    ("width", "layers", "channels", "count"),
    [
        (256, 9, 6, 5_339_920),
        (256, 16, 6, 9_490_199),
        (332, 12, 6, 11_956_999),
        (256, 4, 16, 2_380_565),
    ],
)
def test_sizes_are_the_published_ones(width: int, layers: int, channels: int, count: int) -> None:
    with torch.device("meta"):
        egnn = EGNN(EGNNSize(width=width, layers=layers), channels)
    assert sum(p.numel() for p in egnn.parameters() if p.requires_grad) == count


def test_the_size_of_edm_is_the_default() -> None:
    assert EGNNSize() == EGNNSize(width=256, layers=9)
