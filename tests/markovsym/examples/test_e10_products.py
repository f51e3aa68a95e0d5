"""E10 and E11: direct and semidirect products of groups."""

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    Restricted,
    Shift,
    Together,
    affine,
    coset_space,
    gspace,
    matrix,
    permutation,
    together,
)
from markovsym.groups import C, Cosets, Direct, E, FactorInclusion, Inversion, O, S, Semidirect, T
from markovsym.groups.listed import Listed
from markovsym.kernels import Deterministic, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import average, declare_equivariant, gammas, haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    error,
    fresh,
    known,
    normal,
    plain,
    qr,
    turning,
)

P = Direct(S(4), O(3))
X = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
FRAMES = Cosets(FactorInclusion(P, "left"))
ORDERS = Cosets(FactorInclusion(P, "right"))


def pooled(x: Tensor) -> Tensor:
    """Equivariant under permutations, and under no rotation: all rows are treated alike."""
    M, b = normal(3, 3, seed=1), normal(3, seed=2)
    return torch.tanh(x @ M + b + torch.sin(x @ M.T).mean(-2, keepdim=True))


def frame(x: Tensor, u: Tensor) -> Tensor:
    """A frame of the points in no order, and of noise; it does not turn with the points."""
    weights = torch.tanh(x @ normal(3, 3, seed=4) + 0.5)
    return qr((x.mT @ weights) / 4 + 0.4 * u)


POOLED = declare_equivariant(Deterministic(pooled, X, X), S(4))


def test_e10_haar_of_o3_along_the_permutations() -> None:
    s, x = sym(POOLED, haar(FRAMES, X)), normal(6, 4, 3)
    R = O(3).haar(6, generator=fresh(9), dtype=torch.float64)
    assert apart(s.sample(x, generator=fresh(9)), pooled(x @ R) @ R.mT) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    for kernel in (POOLED, sym(declare_equivariant(plain(X), S(4)), haar(FRAMES, X))):
        with pytest.raises(AssertionError, match="not equivariant in law"):
            assert_equivariant_in_law(kernel, x[0])
    assert known(s)


def test_e10_recursion_with_a_frame_that_knows_no_order() -> None:
    f = declare_equivariant(NoiseOutsourced(frame, space((3, 3)), X, coset_space(FRAMES)), S(4))
    gamma = recursive(haar(FRAMES, X), f)
    s, x = sym(POOLED, gamma), normal(6, 4, 3)
    generator = fresh(9)
    R0 = O(3).haar(6, generator=generator, dtype=torch.float64)
    u = torch.randn(6, 3, 3, generator=generator, dtype=torch.float64)
    R = R0 @ frame(x @ R0, u)
    assert apart(gamma.sample(x, generator=fresh(9)), R) < TOLERANCE
    assert apart(s.sample(x, generator=fresh(9)), pooled(x @ R) @ R.mT) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    bare = sym(POOLED, declare_equivariant(f.kernel, P))
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(bare, x[0])
    assert known(gamma)
    assert known(s)


def test_e10_orders_along_the_rotations() -> None:
    k = declare_equivariant(Deterministic(turning, X, X), O(3))
    s, x = sym(k, haar(ORDERS, X)), normal(6, 4, 3)
    mean = average(s)
    assert error(k, x) > 0.5
    assert error(mean, x) < TOLERANCE  # values are cubic
    assert known(mean)
    every = S(4).elements().tolist()
    total = torch.zeros_like(x)
    for order in every:
        total[:, order] += turning(x[:, order]) / 24
    assert apart(mean.sample(x, generator=fresh()), total) < TOLERANCE


def test_e10_both_factors_at_once() -> None:
    s, x = sym(plain(X), haar(P, X)), normal(6, 4, 3)
    generator = fresh(9)
    order = S(4).haar(6, generator=generator)
    R = O(3).haar(6, generator=generator, dtype=torch.float64)
    wanted = torch.empty_like(x)
    for i in range(6):
        wanted[i, order[i]] = crooked(x[i, order[i]] @ R[i]) @ R[i].T
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    assert known(s)


def test_e10_a_finite_product_is_averaged_exactly() -> None:
    G = Direct(S(3), C(4))
    X = gspace((3, 4), together(permutation(S(3)), Shift(C(4))))
    x = normal(6, 3, 4)
    mean = average(sym(plain(X), haar(G, X)))
    total = torch.zeros_like(x)
    for order in S(3).elements().tolist():
        for r in range(4):
            total[:, order] += crooked(x[:, order].roll(-r, -1)).roll(r, -1) / 24
    assert apart(mean.sample(x, generator=fresh()), total) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(mean, x) < TOLERANCE


def flip(n: int) -> Listed:
    """C(2) as the permutations of n places on a circle that turn it round, place 0 staying."""
    still, turned = list(range(n)), [-i % n for i in range(n)]
    return Listed(C(2), S(n), (tuple(still), tuple(turned)))


N = 6
DIHEDRAL = Semidirect(Inversion(N))
CIRCLE = gspace(
    (2, N),
    Together(DIHEDRAL, Shift(C(N)), Restricted(flip(N), permutation(S(N), (-1,)))),
)


def turned(x: Tensor) -> Tensor:
    return x[..., [-i % N for i in range(N)]]


def convolved(x: Tensor) -> Tensor:
    """Equivariant under shifts, and not under reflections."""
    a, b = x[..., 0, :], x[..., 1, :]
    return torch.stack([torch.tanh(a - 2 * b.roll(1, -1)), torch.tanh(b + a.roll(2, -1))], dim=-2)


def even(x: Tensor) -> Tensor:
    """Equivariant under the reflection, and not under shifts."""
    return (crooked(x) + turned(crooked(turned(x)))) / 2


def test_e11_along_the_normal_factor_of_a_finite_product() -> None:
    k = declare_equivariant(Deterministic(convolved, CIRCLE, CIRCLE), C(N))
    s, x = average(sym(k, haar(Cosets(FactorInclusion(DIHEDRAL, "left")), CIRCLE))), normal(5, 2, N)
    wanted = (convolved(x) + turned(convolved(turned(x)))) / 2
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    every = list(zip(*(part.unbind() for part in DIHEDRAL.elements()), strict=True))
    assert len(every) == 2 * N
    assert error(k, x, every) > 0.5
    assert error(s, x, every) < TOLERANCE
    assert known(s)


TURNS = Cosets(FactorInclusion(DIHEDRAL, "right"))


def test_e11_along_the_other_factor_of_a_finite_product() -> None:
    def phase(x: Tensor) -> Tensor:
        """Turned along with the circle, and turned round when that is reflected."""
        wave = np.fft.fft(x.sum(-2).numpy())[..., 1]
        return torch.from_numpy(np.round(-np.angle(wave) * N / (2 * np.pi)).astype(int) % N)

    k = declare_equivariant(Deterministic(even, CIRCLE, CIRCLE), C(2))
    s, x = sym(k, gammas.canonical(phase, CIRCLE, TURNS)), normal(5, 2, N)
    wanted = [even(y.roll(-r, -1)).roll(r, -1) for y, r in zip(x, phase(x).tolist(), strict=True)]
    assert apart(s.sample(x, generator=fresh()), torch.stack(wanted)) < TOLERANCE
    every = list(zip(*(part.unbind() for part in DIHEDRAL.elements()), strict=True))
    assert error(k, x, every) > 0.5
    assert error(s, x, every) < TOLERANCE
    assert known(s)


def test_e11_haar_along_the_other_factor_of_a_finite_product() -> None:
    k = declare_equivariant(Deterministic(even, CIRCLE, CIRCLE), C(2))
    s, x = average(sym(k, haar(TURNS, CIRCLE))), normal(5, 2, N)
    wanted = sum(even(x.roll(-r, -1)).roll(r, -1) for r in range(N)) / N
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(s, x) < TOLERANCE


def test_e11_the_whole_of_a_finite_semidirect_product() -> None:
    s, x = average(sym(plain(CIRCLE), haar(DIHEDRAL, CIRCLE))), normal(5, 2, N)
    shifts = [even(x.roll(-r, -1)).roll(r, -1) for r in range(N)]
    assert apart(s.sample(x, generator=fresh()), sum(shifts) / N) < TOLERANCE
    assert error(s, x) < TOLERANCE


XE = gspace((4, 3), affine(E(3)))


def centred(x: Tensor) -> Tensor:
    """Equivariant under translations only."""
    c = x.mean(-2, keepdim=True)
    return crooked(x - c) + c


def invariant_frame(x: Tensor, u: Tensor) -> Tensor:
    return frame(x - x.mean(-2, keepdim=True), u)


@pytest.mark.parametrize("learned", [False, True], ids=["haar", "recursive"])
def test_e11_along_the_translations_of_e3(learned: bool) -> None:
    cosets = Cosets(FactorInclusion(E(3), "left"))
    f = NoiseOutsourced(invariant_frame, space((3, 3)), XE, coset_space(cosets))
    gamma = haar(cosets, XE)
    if learned:
        gamma = recursive(gamma, declare_equivariant(f, T(3)))
    k = declare_equivariant(Deterministic(centred, XE, XE), T(3))
    s, x, generator = sym(k, gamma), normal(6, 4, 3), fresh(9)
    R = O(3).haar(6, generator=generator, dtype=torch.float64)
    if learned:
        u = torch.randn(6, 3, 3, generator=generator, dtype=torch.float64)
        R = R @ invariant_frame(x @ R, u)
    assert apart(s.sample(x, generator=fresh(9)), centred(x @ R) @ R.mT) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(k, x[0])
    assert known(s)


def test_e11_along_the_rotations_of_e3() -> None:
    k = declare_equivariant(Deterministic(turning, XE, XE), O(3))
    s, x = sym(k, gammas.chosen_point(XE, 2)), normal(6, 4, 3)
    c = x[:, 2:3]
    assert apart(s.sample(x, generator=fresh()), turning(x - c) + c) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE  # values are cubic, and translations by 3 or so
    assert known(s)
