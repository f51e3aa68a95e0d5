import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.networks import PairBias, RadialEmbedding, TransformerSize
from markovsym_diffusion.networks.dit import Block
from markovsym_diffusion.networks.embeddings import TimeEmbedding


def cloud(seed: int, atoms: int = 6) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, atoms, 3, generator=generator), torch.ones(2, atoms, dtype=torch.bool)


@given(seed=st.integers(0, 1000))
def test_distances_do_not_turn(seed: int) -> None:
    x, mask = cloud(seed)
    generator = torch.Generator().manual_seed(seed)
    Q, _ = torch.linalg.qr(torch.randn(3, 3, generator=generator))
    radial = RadialEmbedding(8, 5)
    for here, turned in zip(radial(x, mask), radial(x @ Q.T, mask), strict=True):
        torch.testing.assert_close(here, turned, atol=1e-4, rtol=1e-3)


@given(seed=st.integers(0, 1000), extra=st.integers(1, 30))
def test_distances_do_not_see_the_padding(seed: int, extra: int) -> None:
    x, mask = cloud(seed)
    wide = torch.cat([x, torch.full((2, extra, 3), 1e3)], dim=1)
    radial = RadialEmbedding(8, 5, pairs=True)
    torch.nn.init.normal_(radial.project.bias)
    here, _ = radial(x, mask)
    there, pairs = radial(wide, torch.cat([mask, torch.zeros(2, extra, dtype=torch.bool)], dim=1))
    torch.testing.assert_close(there[:, :6], here, atol=1e-5, rtol=1e-5)
    assert there[:, 6:].abs().sum() == 0
    assert pairs[:, 6:].abs().sum() == 0


def test_the_mean_over_atoms_includes_the_atom_itself() -> None:
    radial = RadialEmbedding(3, 4, pairs=True)
    alone, pairs = radial(torch.zeros(1, 1, 3), torch.ones(1, 1, dtype=torch.bool))
    torch.testing.assert_close(alone[0, 0], radial.project(pairs[0, 0, 0]))
    assert pairs.sum() > 0


@given(seed=st.integers(0, 1000))
def test_atoms_see_the_same_whether_or_not_pairs_are_looked_at(seed: int) -> None:
    x, mask = cloud(seed)
    mask = mask & (torch.arange(6) < 4 + seed % 3)
    radial = RadialEmbedding(8, 5)
    alone, none = radial(x, mask)
    radial.pairs = True
    beside, pairs = radial(x, mask)
    torch.testing.assert_close(alone, beside)
    assert none.shape == (2, 6, 6, 0)
    assert pairs.shape == (2, 6, 6, 8)


def test_positions_that_need_a_gradient_get_it() -> None:
    x, mask = cloud(0)
    radial = RadialEmbedding(8, 5).double()
    x = x.double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: radial(x, mask)[0], (x,))


def test_points_that_are_one_give_no_infinite_gradient() -> None:
    x = torch.zeros(1, 3, 3, requires_grad=True)
    RadialEmbedding(8, 5)(x, torch.ones(1, 3, dtype=torch.bool))[0].sum().backward()
    assert torch.equal(x.grad, torch.zeros(1, 3, 3))


def test_blocks_start_as_the_identity() -> None:
    from markovsym_diffusion.networks.dit import initialise  # noqa: PLC0415

    block = Block(16, 2)
    initialise(block)
    x, c = torch.randn(2, 4, 16), torch.randn(2, 16)
    assert torch.equal(block(x, c, torch.zeros(2, 1, 1, 4)), x)


def test_a_pair_bias_starts_at_zero_and_gives_one_for_each_block() -> None:
    biases = PairBias(8, 3, 2)(torch.randn(2, 5, 5, 8))
    assert [bias.shape for bias in biases] == [(2, 2, 5, 5)] * 3
    assert all(bias.abs().sum() == 0 for bias in biases)


def test_the_time_turns_by_one_radian_at_most_unless_scaled() -> None:
    assert TimeEmbedding(8).get_buffer("rates").max() == pytest.approx(1.0)
    assert TimeEmbedding(8, scale=1000.0).get_buffer("rates").max() == pytest.approx(1000.0)


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="heads must divide width, got 3 and 16"):
        TransformerSize(width=16, depth=1, heads=3)
