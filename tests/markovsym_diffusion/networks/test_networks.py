import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.networks import PairBias, RadialEmbedding, TransformerSize
from markovsym_diffusion.networks.dit import Block
from markovsym_diffusion.networks.embeddings import GaussianBasis, TimeEmbedding


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
    radial = RadialEmbedding(8, 5)
    torch.nn.init.normal_(radial.project.bias)
    here, _ = radial(x, mask)
    there, pairs = radial(wide, torch.cat([mask, torch.zeros(2, extra, dtype=torch.bool)], dim=1))
    torch.testing.assert_close(there[:, :6], here, atol=1e-5, rtol=1e-5)
    assert there[:, 6:].abs().sum() == 0
    assert pairs[:, 6:].abs().sum() == 0


def test_the_basis_is_the_published_gaussian() -> None:
    basis = GaussianBasis(3)
    x, mask = cloud(3, atoms=2)
    d = (x[0, 0] - x[0, 1]).norm()
    width = basis.widths.abs() + 0.01
    wanted = torch.exp(-0.5 * ((d - basis.centres) / width) ** 2) / (2 * torch.pi) ** 0.5 / width
    torch.testing.assert_close(basis(x, mask)[0, 0, 1], wanted)


def test_the_basis_can_start_evenly_spread() -> None:
    basis = GaussianBasis(4, reach=2.0)
    torch.testing.assert_close(basis.centres.detach() * 3, torch.tensor([0.0, 2.0, 4.0, 6.0]))
    torch.testing.assert_close(basis.widths.detach(), torch.full((4,), 0.5))
    torch.testing.assert_close(RadialEmbedding(4, 5, 2.0).basis.centres, basis.centres)


def test_the_mean_over_atoms_includes_the_atom_itself() -> None:
    radial = RadialEmbedding(3, 4)
    alone, pairs = radial(torch.zeros(1, 1, 3), torch.ones(1, 1, dtype=torch.bool))
    torch.testing.assert_close(alone[0, 0], radial.project(pairs[0, 0, 0]))
    assert pairs.sum() > 0


def test_no_gradient_passes_through_the_distances() -> None:
    x, mask = cloud(0)
    x.requires_grad_()
    embedded, _ = RadialEmbedding(8, 5)(x, mask)
    embedded.sum().backward()
    assert x.grad is None


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
