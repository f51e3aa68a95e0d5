import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.processes import (
    Circular,
    Path,
    Straight,
    VarianceExploding,
    VariancePreserving,
)

PATHS = [VariancePreserving(), VarianceExploding(), Straight(), Straight(low=0.01), Circular()]


@pytest.mark.parametrize("path", PATHS, ids=repr)
@given(t=st.floats(0.01, 0.99))
def test_rates_are_derivatives(path: Path, t: float) -> None:
    at = torch.tensor([t], dtype=torch.float64, requires_grad=True)
    for level, rate in zip((path.alpha, path.sigma), path.rates(at), strict=True):
        (derivative,) = torch.autograd.grad(level(at).sum() + 0 * at.sum(), at)
        torch.testing.assert_close(rate, derivative, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_the_data_go_and_the_noise_comes(path: Path) -> None:
    t = torch.linspace(0, 1, 101, dtype=torch.float64)
    assert (path.alpha(t).diff() <= 0).all()
    assert (path.sigma(t).diff() > 0).all()
    assert path.alpha(t)[0] == 1


@pytest.mark.parametrize("path", [VariancePreserving(), Circular()], ids=repr)
def test_the_variance_is_preserved(path: Path) -> None:
    t = torch.linspace(0, 1, 101, dtype=torch.float64)
    torch.testing.assert_close(path.alpha(t) ** 2 + path.sigma(t) ** 2, torch.ones_like(t))


def test_both_ends_are_the_published_ones() -> None:
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64)
    exploding = VarianceExploding(low=0.01, high=50.0)
    torch.testing.assert_close(exploding.sigma(ends), torch.tensor([0.01, 50.0]).double())
    # the integral of beta from 0.1 to 20 is 10.05
    kept = VariancePreserving().alpha(ends)[1]
    assert kept.item() == pytest.approx(torch.tensor(-10.05 / 2).exp().item(), rel=1e-6)
    assert Straight(low=0.01).sigma(ends).tolist() == [0.01, 1.0]


def test_exploding_noise_goes_from_far_below_a_bond_to_far_above_a_molecule() -> None:
    ends = VarianceExploding().sigma(torch.tensor([0.0, 1.0], dtype=torch.float64))
    torch.testing.assert_close(ends, torch.tensor([0.005, 50.0]).double())
