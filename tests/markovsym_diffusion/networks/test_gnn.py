import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym import testing
from markovsym.groups import S
from markovsym.kernels import Deterministic
from markovsym_diffusion.denoisers.spaces import MoleculeSpaces
from markovsym_diffusion.networks import GNN, GNNSize
from tests.markovsym_diffusion.networks.pairwise import noisy, one_by_one, told, weighted

SPACES = MoleculeSpaces(channels=2, radial=0, basis=0)
ORDERS = [(g, torch.eye(3, dtype=torch.float64)) for g in S(5).generators()]


def network(seed: int = 0) -> GNN:
    return weighted(GNN(GNNSize(width=6, layers=2), 2), seed)


def kernel() -> Deterministic:
    return Deterministic(network(), SPACES.noisy, SPACES.molecule)


def slow(gnn: GNN, x: Tensor, h: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """The noise in one molecule, pair by pair; nothing is known of a pair."""
    n = len(x)
    z = gnn.embed(torch.cat([x, h, t.expand(n, 1)], dim=-1))
    for layer in gnn.layers:
        z = told(layer, z, x.new_zeros(n, n, 0))
    eps = gnn.outward(z)
    return eps[:, :3] - eps[:, :3].mean(0), eps[:, 3:-1]


@given(seed=st.integers(0, 1000))
@torch.no_grad()
def test_it_is_the_published_network_without_its_leak(seed: int) -> None:
    gnn, point = network(seed), noisy(seed, [3, 2, 1])
    eps_x, eps_h = gnn(*point)
    for m, molecule in enumerate(one_by_one(point)):
        n = len(molecule[0])
        for fast, wanted in zip((eps_x[m, :n], eps_h[m, :n]), slow(gnn, *molecule), strict=True):
            torch.testing.assert_close(fast, wanted)


def test_it_respects_the_order_of_the_atoms() -> None:
    testing.assert_equivariant(kernel(), x=noisy(1), elements=ORDERS)


def test_it_does_not_respect_rotations() -> None:
    with pytest.raises(AssertionError, match="not equivariant under"):
        testing.assert_equivariant(kernel())


def test_padding_does_not_show() -> None:
    testing.assert_padding_invariant(kernel())


def test_what_it_predicts_lies_in_its_space() -> None:
    testing.assert_in_space(kernel())


@torch.no_grad()
def test_an_atom_alone_hears_nothing() -> None:
    point = noisy(2, [1])
    gnn = network()
    eps_x, eps_h = gnn(*point)
    assert eps_x.abs().max() == 0
    assert eps_h.abs().max() > 0
    for layer in gnn.layers:
        layer.pairs.outward.bias.add_(1.0)
    torch.testing.assert_close(gnn(*point)[1], eps_h)


def test_gradients_reach_every_weight() -> None:
    gnn = network()
    eps_x, eps_h = gnn(*noisy(3))
    (eps_x.square().sum() + eps_h.square().sum()).backward()
    for parameter in gnn.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
        assert parameter.grad.abs().max() > 0


def test_the_size_is_the_published_one() -> None:
    with torch.device("meta"):
        gnn = GNN(GNNSize(), 6)
    assert sum(p.numel() for p in gnn.parameters() if p.requires_grad) == 3_555_859
    assert GNNSize() == GNNSize(width=256, layers=9)
