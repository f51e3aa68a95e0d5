"""E19 and E20: SymDiff, and the score and flow of symmetrised dynamics."""

import math

import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, restrict
from markovsym.groups import Direct, O, S
from markovsym.groups.listed import symmetries_of_polygon
from markovsym.kernels import Deterministic, Gaussian, Normal
from markovsym.kernels.gaussian import Full
from markovsym.symmetrise import SymmetrisedKernel, average, gammas, haar, log_density_exact, sym
from markovsym.testing import assert_equivariant_in_law
from markovsym_diffusion.denoisers import Denoiser, unsymmetrised
from tests.markovsym.examples.crooked import TOLERANCE, apart, crooked, error, fresh, known, normal
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed, random_state

DIHEDRAL = symmetries_of_polygon(4)
G, X = DIHEDRAL.dom, restrict(gspace((5, 2), matrix(O(2))), DIHEDRAL)
ROTATIONS = DIHEDRAL(G.elements()).double()
DT = 0.3
"""Length of a step of time."""


def model() -> Denoiser:
    return perturbed(SMALL.denoiser(CHANNELS)).double()


def molecules() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Two molecules, one of them with a gap, their times and their mask."""
    z = random_state([4, 6], fresh(1))
    return z.x.double(), z.h.double(), torch.tensor([0.2, 0.7]).double(), z.mask


@torch.no_grad()
def test_e19_symdiff_is_its_algorithm() -> None:
    denoiser = model()
    embed, symmetrised = denoiser.kernel.first.function, denoiser.kernel.second
    assert isinstance(symmetrised, SymmetrisedKernel)
    eps, f = symmetrised.kernel.kernel.function, symmetrised.gamma.kernel.kernel.function
    z, generator = molecules(), fresh(9)
    R0 = O(3).haar(2, generator=generator, dtype=torch.float64)
    eta = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    x, *rest = embed(*z)
    R = R0 @ f(x @ R0, *rest, eta)  # points are rows, so x R0 is R0^T x
    wanted_x, wanted_h = eps(x @ R, *rest)
    found = denoiser.kernel.sample(z, generator=fresh(9))
    assert apart(found, (wanted_x @ R.mT, wanted_h)) < 10 * TOLERANCE  # two transformers
    assert wanted_x.abs().max() > 0.1
    assert apart(R, R0) > 0.1
    assert known(symmetrised)


@torch.no_grad()
def test_e19_symdiff_is_equivariant_in_law_under_orders_and_rotations() -> None:
    denoiser, z = model(), random_state([5], fresh(2))
    point = z.x[0].double(), z.h[0].double(), torch.tensor(0.3).double(), z.mask[0]
    P, generator = Direct(S(5), O(3)), fresh(3)
    moves = [P.random(generator=generator, dtype=torch.float64) for _ in range(3)]
    moves += [(order, -R) for order, R in moves]
    assert_equivariant_in_law(denoiser.kernel, point, moves)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(unsymmetrised(denoiser), point, moves)


def moved(g: Tensor, x: Tensor) -> Tensor:
    """Points, one a row, turned or reflected."""
    return x @ g.mT


def velocity(x: Tensor) -> Tensor:
    """The mean over the group, written out."""
    return sum(moved(g, crooked(moved(g.T, x))) for g in ROTATIONS) / len(ROTATIONS)


def euler(field: Deterministic) -> Gaussian:
    """One step of Euler and Maruyama: x -> N(x + dt v(x), dt)."""

    def law(x: Tensor) -> Normal:
        here = Full(torch.ones(x.shape[:-1], dtype=torch.bool))
        scale = torch.full(x.shape[:-2], DT**0.5, dtype=x.dtype)
        return Normal(x + DT * field.function(x), scale, here)

    return Gaussian(law, X, X)


NET = Deterministic(crooked, X, X)


def test_e20_the_mean_velocity_is_an_equivariant_vector_field() -> None:
    v, x = average(sym(NET, haar(G, X))), normal(6, 5, 2)
    every = list(G.elements())
    assert len(every) == 8
    assert apart(v.sample(x, generator=fresh()), velocity(x)) < TOLERANCE
    assert error(NET, x, every) > 0.5
    assert error(v, x, every) < TOLERANCE
    assert known(v)


def test_e20_the_flow_of_the_mean_velocity_is_equivariant() -> None:
    v, x = average(sym(NET, haar(G, X))), normal(6, 5, 2)

    def flow(x: Tensor) -> Tensor:
        for _ in range(5):
            x = x + DT * v.sample(x, generator=fresh())
        return x

    for g in ROTATIONS:
        assert apart(flow(moved(g, x)), moved(g, flow(x))) < TOLERANCE


def literal_density(y: Tensor, x: Tensor) -> Tensor:
    """Log of the mean over the group of the densities of steps from g^-1 x to g^-1 y."""
    terms = []
    for g in ROTATIONS:
        start, end = moved(g.T, x), moved(g.T, y)
        distance = (end - start - DT * crooked(start)).square().sum((-2, -1))
        terms.append(-distance / (2 * DT) - 5 * math.log(2 * math.pi * DT))
    return torch.logsumexp(torch.stack(terms), 0) - math.log(len(ROTATIONS))


def test_e20_the_density_of_a_symmetrised_step_is_a_mean_over_the_group() -> None:
    s = sym(euler(NET), haar(G, X))
    x, y = normal(6, 5, 2), normal(6, 5, 2) + 0.3 * normal(6, 5, 2, seed=4)
    found = log_density_exact(s, y, x)
    assert apart(found, literal_density(y, x)) < 10 * TOLERANCE  # logarithms down to -100
    for g in G.elements():
        there = log_density_exact(s, X.act(g, y), X.act(g, x))
        assert apart(there, found) < 10 * TOLERANCE
    bare = euler(NET)
    assert max(
        apart(bare.log_prob(X.act(g, y), X.act(g, x)), bare.log_prob(y, x)) for g in G.elements()
    ) > 0.5  # fmt: skip
    assert known(s)


def test_e20_the_score_of_a_symmetrised_step_turns_with_it() -> None:
    s = sym(euler(NET), haar(G, X))
    x, y = normal(6, 5, 2), normal(6, 5, 2) + 0.3 * normal(6, 5, 2, seed=4)

    def score(y: Tensor, x: Tensor) -> Tensor:
        y = y.clone().requires_grad_()
        (found,) = torch.autograd.grad(log_density_exact(s, y, x).sum(), y)
        return found

    for g in ROTATIONS:
        assert apart(score(moved(g, y), moved(g, x)), moved(g, score(y, x))) < 10 * TOLERANCE


def test_e20_one_step_is_equivariant_in_law_and_moves_by_the_mean_velocity() -> None:
    s, x = sym(euler(NET), haar(G, X)), normal(5, 2)
    every = list(G.elements())
    assert_equivariant_in_law(s, x, every)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(euler(NET), x, every)
    mean = average(s, 20_000).estimate(x, generator=fresh(1))
    assert ((mean.value - x - DT * velocity(x)).abs() < 5 * mean.error).all()


def test_e20_a_step_of_the_mean_velocity_is_equivariant_in_law_too() -> None:
    v = average(sym(NET, haar(G, X)))

    def law(x: Tensor) -> Normal:
        here = Full(torch.ones(x.shape[:-1], dtype=torch.bool))
        scale = torch.full(x.shape[:-2], DT**0.5, dtype=x.dtype)
        return Normal(x + DT * v.sample(x, generator=fresh()), scale, here)

    step, x = Gaussian(law, X, X), normal(5, 2)
    assert_equivariant_in_law(step, x, list(G.elements()))
    for g in G.elements():
        here, there = step.log_prob(x, x), step.log_prob(*(X.act(g, x) for _ in range(2)))
        assert apart(here, there) < 10 * TOLERANCE


def test_e20_the_step_of_a_learned_gamma_is_equivariant_in_law() -> None:
    Z: GSpace = gspace((5, 2), matrix(O(2)))
    gamma = gammas.principal_axes(Z)
    step = Gaussian(euler(NET).law, Z, Z)
    s, x = sym(step, gamma), normal(5, 2)
    assert_equivariant_in_law(s, x)
    y, R = x + 0.3 * normal(5, 2, seed=4), O(2).haar(generator=fresh(), dtype=torch.float64)
    assert apart(log_density_exact(s, y @ R.mT, x @ R.mT), log_density_exact(s, y, x)) < TOLERANCE
    atoms = gamma.atoms(x).values
    terms = [step.log_prob(y @ A, x @ A) for A in atoms]
    wanted = torch.logsumexp(torch.stack(terms), 0) - math.log(4)
    assert apart(log_density_exact(s, y, x), wanted) < TOLERANCE
