"""E15 and E16: GL(n), SL(n), O(n) and O(1, n - 1) by their first points, and scalings."""

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import gspace, matrix, scaling, trivial
from markovsym.errors import CompositionError, SpaceError
from markovsym.groups import GL, SL, LorentzGroup, O, Scalings
from markovsym.kernels import Deterministic, Kernel
from markovsym.symmetrise import gammas, recursive, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    elements,
    error,
    fresh,
    known,
    normal,
    plain,
)

GL3 = gspace((5, 3), matrix(GL(3)))


def first_spanning(x: Tensor) -> Tensor:
    """The first points that raise the rank, by numpy, as columns."""
    found = []
    for i in range(len(x)):
        if np.linalg.matrix_rank(x[[*found, i]].numpy(), tol=1e-6) > len(found):
            found.append(i)
    return x[found].T


def dependent(seed: int = 1) -> Tensor:
    """Clouds whose first points depend on each other in different ways."""
    x = normal(6, 7, 3, seed=seed)
    x[1, 1] = -2 * x[1, 0]
    x[2, 1], x[2, 2] = 0.5 * x[2, 0], 3 * x[2, 0]
    x[3, 2] = x[3, 0] + 2 * x[3, 1]
    x[4, 0] = 0
    x[5, 1], x[5, 3] = x[5, 0], x[5, 2] - x[5, 0]
    return x


@pytest.mark.parametrize("G", [GL(3), SL(3)], ids=str)
def test_e15_e16_first_independent_points(G: GL | SL) -> None:
    X = gspace((7, 3), matrix(G))
    gamma = gammas.first_points(X)
    s, x = sym(plain(X), gamma), dependent()
    for cloud, A, y in zip(x, *(k.sample(x, generator=fresh()) for k in (gamma, s)), strict=True):
        V = first_spanning(cloud)
        if isinstance(G, SL):
            V = V @ torch.diag(torch.tensor([1 / np.linalg.det(V.numpy()), 1.0, 1.0]))
        assert apart(A, V) < TOLERANCE
        back = torch.from_numpy(np.linalg.solve(V.numpy(), cloud.T.numpy())).T
        assert apart(y, crooked(back) @ V.T) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(gamma)
    assert known(s)


def test_e15_rounding_makes_no_dependent_point_independent() -> None:
    X = gspace((7, 3), matrix(GL(3)))
    gamma, x = gammas.first_points(X), dependent().float()
    for g in elements(GL(3)):
        there = gamma.sample(X.act(g, x), generator=fresh())
        assert apart(there, g.float() @ gamma.sample(x, generator=fresh())) < 1e-4


def test_e15_points_that_do_not_span_are_refused() -> None:
    gamma, x = gammas.first_points(GL3), normal(2, 5, 3)
    x[1, :, 2] = x[1, :, 0] - x[1, :, 1]
    with pytest.raises(SpaceError, match=r"^wanted points that span R\^3, got some that do not"):
        gamma.sample(x, generator=fresh())
    with pytest.raises(SpaceError, match="span"):
        gamma.sample(torch.zeros(2, 5, 3), generator=fresh())


def test_e15_a_learned_matrix_after_the_first_points() -> None:
    net = gammas.MLP(GL3, (3, 3), hidden=(16,), noise=8).double()
    gamma = recursive(gammas.first_points(GL3), gammas.learned(net, GL3, GL(3)))
    s, x, eta = sym(plain(GL3), gamma), normal(6, 5, 3), normal(6, 8, seed=9)
    V = x[:, :3].mT
    white = x @ torch.linalg.inv(V).mT
    with torch.no_grad():
        m = net.layers(torch.cat([white.flatten(1), eta], 1)).reshape(6, 3, 3)
        A = V @ torch.linalg.matrix_exp(m)
        assert apart(gamma.sample(x, generator=fresh(9)), A) < TOLERANCE
        assert_equivariant_in_law(s, x[0])


@pytest.mark.parametrize("power", [1.0, 2.0, -0.5])
def test_e16_scalings_by_the_length(power: float) -> None:
    G = Scalings()
    X = gspace((5, 3), scaling(G, power)) @ gspace((2,), trivial(G))

    def both(x: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        return crooked(x) + z.sum(-1)[..., None, None], torch.tanh(
            z + x.sum((-2, -1)).unsqueeze(-1)
        )

    k = Deterministic(both, X, X)
    s, x = sym(k, gammas.size(X)), (3 * normal(6, 5, 3), normal(6, 2, seed=5))
    length = x[0].square().sum((1, 2)).sqrt()[:, None, None]
    y, w = both(x[0] / length, x[1])
    assert apart(s.sample(x, generator=fresh()), (length * y, w)) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


def test_e16_a_learned_scale_after_the_length() -> None:
    X = gspace((5, 3), scaling(Scalings()))
    net = gammas.MLP(X, (), hidden=(16,), noise=8).double()
    gamma = recursive(gammas.size(X), gammas.learned(net, X, Scalings()))
    s, x, eta = sym(plain(X), gamma), normal(6, 5, 3), normal(6, 8, seed=9)
    length = x.square().sum((1, 2)).sqrt()
    with torch.no_grad():
        unit = x / length[:, None, None]
        m = net.layers(torch.cat([unit.flatten(1), eta], 1)).squeeze(-1)
        found = gamma.sample(x, generator=fresh(9))
        assert apart(found, length * m.exp()) < TOLERANCE
        assert_equivariant_in_law(s, x[0])


def eta(n: int) -> Tensor:
    return torch.diag(torch.tensor([-1.0, *[1.0] * (n - 1)], dtype=torch.float64))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_e16_the_lorentz_group_by_orthonormal_points(n: int) -> None:
    G = LorentzGroup(n)
    X = gspace((6, n), matrix(G))
    gamma = gammas.orthonormal_points(X)
    s, x = sym(plain(X), gamma), normal(6, 6, n)
    A = gamma.sample(x, generator=fresh())
    assert apart(A.mT @ eta(n) @ A, eta(n).expand(6, n, n)) < TOLERANCE
    back = x @ torch.linalg.inv(A).mT
    # Minkowski products are what a Lorentz transformation keeps
    assert apart(back @ eta(n) @ back.mT, x @ eta(n) @ x.mT) < TOLERANCE
    assert apart(s.sample(x, generator=fresh()), crooked(back) @ A.mT) < TOLERANCE
    moves = elements(G)
    assert {bool(g[0, 0] > 0) for g in moves} == {True, False}
    assert error(plain(X), x) > 0.5
    assert error(s, x, moves) < TOLERANCE
    assert known(s)


@pytest.mark.parametrize("n", [2, 3])
def test_e16_the_orthogonal_group_by_orthonormal_points(n: int) -> None:
    X = gspace((4, n), matrix(O(n)))
    gamma = gammas.orthonormal_points(X)
    s, x = sym(plain(X), gamma), normal(6, 4, n)
    # up to signs, the axes of the first points
    axes = np.linalg.svd(x[:, :n].numpy()).Vh[:, ::-1]
    signs = torch.from_numpy(axes.copy()) @ gamma.sample(x, generator=fresh())
    assert apart(signs.abs(), torch.eye(n).expand(6, n, n)) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    short = gammas.orthonormal_points(gspace((1, n), matrix(O(n))))
    with pytest.raises(SpaceError, match=rf"^wanted at least {n} points, got 1"):
        short.sample(x[:, :1], generator=fresh())


@pytest.mark.parametrize("make", [gammas.gram, gammas.first_points, gammas.orthonormal_points])
def test_e14_e16_another_group_is_refused(make: type[Kernel]) -> None:
    with pytest.raises(CompositionError, match=r"^wanted a space of .*, got one of R\+"):
        make(gspace((5, 3), scaling(Scalings())))
    with pytest.raises(CompositionError):
        make(gspace((3, 3), matrix(GL(3), (-2,), (-1,))))
