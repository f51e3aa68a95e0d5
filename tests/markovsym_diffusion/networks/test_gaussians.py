import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.networks import gaussians
from markovsym_diffusion.networks.gaussians import GaussianBasis


def distances(seed: int, atoms: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(7, atoms, 3, generator=generator, dtype=torch.float64)
    return torch.cdist(x, x)


def fresh(seed: int, reach: float | None = None) -> GaussianBasis:
    torch.default_generator.manual_seed(seed)
    return GaussianBasis(4, reach).double()


def gradients(basis: GaussianBasis, total: Tensor) -> tuple[Tensor, ...]:
    weights = torch.randn(total.shape, generator=torch.Generator().manual_seed(1)).double()
    return torch.autograd.grad((total * weights).sum(), (basis.centres, basis.widths))


@given(seed=st.integers(0, 1000), atoms=st.integers(1, 9))
def test_sums_and_their_gradients_are_those_of_the_pairs(seed: int, atoms: int) -> None:
    basis, d = fresh(seed), distances(seed, atoms)
    apart, at_once = basis(d).sum(2), basis.summed(d)
    torch.testing.assert_close(at_once, apart)
    with torch.no_grad():
        torch.testing.assert_close(basis.summed(d), apart)
    torch.testing.assert_close(gradients(basis, at_once), gradients(basis, apart))


def test_gradients_are_those_of_finite_differences() -> None:
    basis, d = fresh(0, reach=2.0), distances(0)

    def total(centres: Tensor, widths: Tensor) -> Tensor:
        parameters = {"centres": centres, "widths": widths}
        return torch.func.functional_call(
            _Summed(basis), {f"basis.{k}": v for k, v in parameters.items()}, (d,)
        )

    assert torch.autograd.gradcheck(total, (basis.centres, basis.widths))


class _Summed(torch.nn.Module):
    def __init__(self, basis: GaussianBasis) -> None:
        super().__init__()
        self.basis = basis

    def forward(self, d: Tensor) -> Tensor:
        return self.basis.summed(d)


def test_it_does_not_matter_how_many_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    basis, d = fresh(0), distances(0)
    together = basis.summed(d)
    monkeypatch.setitem(gaussians.AT_ONCE, "cpu", 1)
    torch.testing.assert_close(basis.summed(d), together)


def test_distances_that_need_a_gradient_are_refused() -> None:
    with pytest.raises(RuntimeError, match=r"pass no gradient to the distances; sum forward\(d\)"):
        fresh(0).summed(distances(0).requires_grad_())


def test_the_basis_is_the_published_gaussian() -> None:
    basis = fresh(0)
    width = basis.widths.abs() + 0.01
    wanted = torch.exp(-0.5 * ((1.3 - basis.centres) / width) ** 2) / math.sqrt(2 * math.pi) / width
    found = basis(torch.full((1, 1, 1), 1.3, dtype=torch.float64))
    torch.testing.assert_close(found[0, 0, 0], wanted)


def test_the_basis_can_start_evenly_spread() -> None:
    basis = GaussianBasis(4, reach=2.0)
    torch.testing.assert_close(basis.centres.detach() * 3, torch.tensor([0.0, 2.0, 4.0, 6.0]))
    torch.testing.assert_close(basis.widths.detach(), torch.full((4,), 0.5))
