"""T13: densities of symmetrised kernels, with the Jacobian, and bounds on them."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, regular, scaling
from markovsym.errors import CompositionError, NotFiniteError
from markovsym.groups import GL, D, O, Scalings
from markovsym.kernels import Atoms, FiniteKernel, Full, Gaussian, Normal
from markovsym.spaces import Value
from markovsym.symmetrise import (
    SymmetrisedKernel,
    declare_equivariant,
    gammas,
    haar,
    log_density_exact,
    log_density_k_sample_lower_bound,
    log_density_lower_bound,
    sym,
)
from tests.markovsym.theory.tensors import (
    EXACT,
    ROTATED,
    SQUARE,
    at,
    elements,
    frame,
    function,
    gap,
    learned,
    points,
    rigid,
    seeded,
)

SCALED = gspace((1, 1), scaling(Scalings()))
SQUARED = gspace((1, 1), scaling(Scalings(), 2.0))
PLANE, POINT = gspace((3, 2), matrix(GL(2))), gspace((1, 2), matrix(GL(2)))


def normal(x: Tensor) -> Normal:
    """About a bent image of the first point or of all points; its scale depends on x."""
    return Normal(
        torch.tanh(x) + 0.3,
        0.5 + 0.1 * x[..., 0, 0].abs(),
        Full(torch.ones(x.shape[:-1], dtype=torch.bool)),
    )


class TwoSizes(FiniteKernel):
    """The length of x or twice that: an equivariant kernel to the scalings that draws."""

    def atoms(self, value: Value) -> Atoms:
        length = value.abs().flatten(-2).squeeze(-1)
        if self.dom == SQUARED:
            length = length.sqrt()
        weights = torch.tensor([0.3, 0.7], dtype=length.dtype).expand(*length.shape, 2)
        return Atoms(weights, torch.stack([length, 2 * length], dim=-1))


def scaled(X: GSpace) -> SymmetrisedKernel:
    gamma = declare_equivariant(TwoSizes(X, regular(X.group)), X.group)
    return sym(Gaussian(normal, X, X), gamma)


def planar() -> SymmetrisedKernel:
    k = Gaussian(lambda x: normal(x[..., :1, :]), PLANE, POINT)
    return sym(k, gammas.first_points(PLANE))


def square() -> SymmetrisedKernel:
    return sym(Gaussian(normal, SQUARE, SQUARE), haar(D(4), SQUARE))


def on_a_line(X: GSpace, power: float) -> tuple[float, float, float]:
    """The integral of the density, that without the Jacobian, and the mean of y."""
    s, step = scaled(X), 0.01
    y = torch.arange(-300, 300, step, dtype=torch.float64).reshape(-1, 1, 1)
    x = torch.full_like(y, 1.7)
    density = log_density_exact(s, y, x).exp()
    bare = torch.zeros_like(density)
    for weight, g in ((0.3, 1.0), (0.7, 2.0)):
        size = (g * 1.7 ** (1 / power)) ** power
        bare += weight * s.kernel.log_prob(y / size, x / size).exp()
    mean = (y[:, 0, 0] * density).sum() * step
    return float(density.sum() * step), float(bare.sum() * step), float(mean)


@pytest.mark.parametrize(("X", "power"), [(SCALED, 1.0), (SQUARED, 2.0)], ids=["x", "x squared"])
def test_t13_with_the_jacobian_a_density_on_a_line_integrates_to_one(
    X: GSpace, power: float
) -> None:
    whole, bare, mean = on_a_line(X, power)
    assert abs(whole - 1) < 1e-9
    assert bare == pytest.approx(1.7 * (0.3 + 0.7 * 2**power), rel=1e-9)  # the mean size
    drawn = at(scaled(X), torch.full((40_000, 1, 1), 1.7, dtype=torch.float64)).flatten()
    assert abs(drawn.mean() - mean) < 5 * drawn.std() / 40_000**0.5


def test_t13_with_the_jacobian_a_density_in_the_plane_integrates_to_one() -> None:
    line = torch.linspace(-25, 25, 401, dtype=torch.float64)
    y = torch.cartesian_prod(line, line).unsqueeze(-2)
    x = points(X=PLANE)
    density = log_density_exact(planar(), y, x.expand(len(y), 3, 2)).exp()
    area = (line[1] - line[0]) ** 2
    assert abs(float(density.sum() * area) - 1) < 1e-9
    drawn = at(planar(), x.expand(40_000, 3, 2)).squeeze(-2)
    mean = (density.unsqueeze(-1) * y.squeeze(-2)).sum(0) * area
    assert ((drawn.mean(0) - mean).abs() < 5 * drawn.std(0) / 40_000**0.5).all()
    volume = torch.linalg.det(x[:2].mT).abs()
    assert abs(float(volume) - 1) > 0.1  # without the Jacobian it would integrate to that


def by_length() -> SymmetrisedKernel:
    return sym(Gaussian(normal, SQUARED, SQUARED), gammas.size(SQUARED))


@pytest.mark.parametrize(
    "s",
    [scaled(SCALED), scaled(SQUARED), by_length(), planar(), square()],
    ids=["R+", "R+, squared", "R+, by the length", "GL(2)", "D(4)"],
)
def test_t13_the_density_is_equivariant_up_to_volume(s: SymmetrisedKernel) -> None:
    x, y, g = points(7, X=s.dom), points(7, X=s.cod, seed=8), elements(s.dom)
    here = log_density_exact(s, y, x)
    there = log_density_exact(s, s.cod.act(g, y), s.dom.act(g, x))
    match s.cod:
        case _ if s.cod == POINT:
            stretched = torch.linalg.det(g).abs().log()
        case _ if s.cod == SQUARE:
            stretched = torch.zeros(7)
        case _:
            stretched = g.log() * (2 if s.cod == SQUARED else 1)
    assert gap(there, here - stretched) < EXACT
    bare = s.kernel.log_prob(s.cod.act(g, y), s.dom.act(g, x)) - s.kernel.log_prob(y, x)
    assert gap(bare, -stretched) > 0.01


def given_each(s: SymmetrisedKernel, y: Tensor, x: Tensor) -> Tensor:
    """Log k(g^-1 y | g^-1 x) for each element of D(4), one after the other."""
    back = SQUARE.group.inverse(SQUARE.group.elements())
    return torch.stack(
        [s.kernel.log_prob(SQUARE.act(g, y), SQUARE.act(g, x)) for g in back], dim=-1
    )


def test_t13_the_exact_density_is_the_mean_over_the_elements() -> None:
    x, y = points(7, X=SQUARE), points(7, X=SQUARE, seed=8)
    wanted = given_each(square(), y, x).exp().mean(-1).log()
    assert gap(log_density_exact(square(), y, x), wanted) < EXACT


def test_t13_jensen_lies_below_and_its_error_is_right() -> None:
    s, x, y = square(), points(50, X=SQUARE), points(50, X=SQUARE, seed=8)
    exact, each = log_density_exact(s, y, x), given_each(s, y, x)
    assert (each.mean(-1) <= exact + EXACT).all()
    assert (exact - each.mean(-1)).mean() > 0.5
    found = log_density_lower_bound(s, y, x, draws=4000, generator=seeded())
    z = (found.value - each.mean(-1)) / found.error
    assert z.abs().max() < 5
    spread = each.std(-1, correction=0) / 4000**0.5
    assert ((found.error / spread - 1).abs() < 0.2).all()


def constant(x: Tensor) -> Normal:
    """Equivariant under motions: the scale does not depend on x."""
    return Normal(rigid(x), torch.full(x.shape[:-2], 0.7).to(x), normal(x).support)


@pytest.mark.parametrize(
    "s",
    [
        sym(Gaussian(constant, SQUARE, SQUARE), haar(D(4), SQUARE)),
        sym(Gaussian(constant, ROTATED, ROTATED), haar(O(3), ROTATED)),
        planar(),
    ],
    ids=["k equivariant, D(4)", "k equivariant, O(3)", "gamma deterministic"],
)
def test_t13_jensen_is_the_density_where_k_is_equivariant_or_gamma_deterministic(
    s: SymmetrisedKernel,
) -> None:
    x, y = points(7, X=s.dom), points(7, X=s.cod, seed=8)
    found = log_density_lower_bound(s, y, x, draws=16, generator=seeded())
    exact = s.kernel.log_prob(y, x) if s.dom == ROTATED else log_density_exact(s, y, x)
    assert gap(found.value, exact) < EXACT
    assert found.error.abs().max() < EXACT
    for draws in (1, 5):
        drawn = log_density_k_sample_lower_bound(s, y, x, draws=draws, generator=seeded())
        assert gap(drawn, exact) < EXACT


def test_t13_the_bound_of_k_samples_grows_to_the_density() -> None:
    s, x, y = square(), points(X=SQUARE), points(X=SQUARE, seed=8)
    exact, each = log_density_exact(s, y[None], x[None])[0], given_each(s, y[None], x[None])[0]
    repeats, expected = 4000, []
    for draws in (1, 2, 3):
        rows = list(itertools.product(each.tolist(), repeat=draws))
        many = torch.tensor(rows, dtype=torch.float64)
        expected.append(float((many.logsumexp(-1) - math.log(draws)).mean()))
    means = []
    for draws in (1, 2, 3, 8, 64, 512):
        both = (one.expand(repeats, 2, 2) for one in (y, x))
        found = log_density_k_sample_lower_bound(s, *both, draws=draws, generator=seeded(draws))
        error = float(found.std() / repeats**0.5)
        means.append(float(found.mean()))
        if draws <= len(expected):
            assert abs(means[-1] - expected[draws - 1]) < 5 * error
        assert means[-1] < exact + 5 * error
    assert expected == sorted(expected)
    assert expected[0] == pytest.approx(float(each.mean()), abs=1e-12)
    assert means == sorted(means)
    assert exact - means[0] > 0.5 > 0.05 > exact - means[-1]


@pytest.mark.parametrize("draws", [1, 0])
def test_t13_one_draw_tells_nothing_of_its_spread(draws: int) -> None:
    x, y = points(7, X=SQUARE), points(7, X=SQUARE, seed=8)
    with pytest.raises(ValueError, match=rf"^wanted at least 2 draws, .*, got {draws}$"):
        log_density_lower_bound(square(), y, x, draws=draws, generator=seeded())


def test_t13_no_draws_bound_nothing() -> None:
    x, y = points(7, X=SQUARE), points(7, X=SQUARE, seed=8)
    with pytest.raises(ValueError, match=r"^wanted at least 1 draw, got 0$"):
        log_density_k_sample_lower_bound(square(), y, x, draws=0, generator=seeded())


def test_t13_a_kernel_without_a_density_or_a_gamma_without_finite_support_is_refused() -> None:
    x, y = points(7), points(7, seed=8)
    bare = sym(function(rigid, ROTATED), haar(O(3), ROTATED))
    with pytest.raises(CompositionError, match=r"^rigid does not know its density; symmetrise"):
        log_density_lower_bound(bare, y, x, draws=4, generator=seeded())
    s = sym(Gaussian(normal, ROTATED, ROTATED), haar(O(3), ROTATED))
    with pytest.raises(NotFiniteError):
        log_density_exact(s, y, x)
    noise = declare_equivariant(learned(frame, ROTATED, regular(O(3))), O(3))
    with pytest.raises(NotFiniteError, match=r"^frame is not known to have finitely many outcomes"):
        log_density_exact(sym(Gaussian(normal, ROTATED, ROTATED), noise), y, x)
