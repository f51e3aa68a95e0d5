"""T9 to T11 on tensors: two steps in E(3) and Aff(2), recursion to depth 3, invariant noise."""

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    GSpace,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    restrict,
    trivial,
)
from markovsym.errors import ActionMismatch, CompositionError, HypothesisMissing
from markovsym.groups import GL, Cosets, FixingAxes, FixingPlaces, Inclusion, O, S
from markovsym.groups.gram_schmidt import orthonormalise
from markovsym.kernels import Deterministic, Kernel
from markovsym.symmetrise import (
    EquivariantKernel,
    Unrestricted,
    composite,
    cosets_of,
    declare_equivariant,
    gammas,
    haar,
    recursive,
    sym,
)
from markovsym.testing import assert_equivariant_in_law, equivariance_in_law
from tests.markovsym.theory.tensors import (
    ALONG_S,
    ALPHA,
    BOTH,
    EXACT,
    MOVED,
    PLACES,
    ROTATED,
    SHEARED,
    alike,
    at,
    bent,
    elements,
    frame,
    function,
    gap,
    known,
    learned,
    many,
    noisy,
    points,
    random,
    residual,
    seeded,
    shear,
)

REGULAR = regular(O(3))


def linear(X: GSpace) -> GSpace:
    """X under the linear part of a group of motions."""
    return restrict(X, cosets_of(gammas.centroid(X)).phi)


def inners(X: GSpace) -> dict[str, EquivariantKernel]:
    """Gammas of the linear part: read off the points, and drawn."""
    on = linear(X)
    if X is MOVED:
        drawn = recursive(haar(O(3), on), learned(frame, on, REGULAR))
        return {"read": gammas.orthonormal_points(on), "drawn": drawn}
    orthogonal = haar(O(2), restrict(on, Inclusion(O(2), GL(2))))
    return {"read": gammas.first_points(on), "drawn": composite(gammas.gram(on), orthogonal)}


def one_and_two(make, f, X: GSpace, inner: EquivariantKernel) -> tuple[Kernel, Kernel]:
    """By the gamma of both steps, and by one step after the other."""
    outer, on = gammas.centroid(X), linear(X)
    after = Unrestricted(sym(make(f, on), inner), X, X, cosets_of(outer).phi)
    return sym(make(f, X), composite(outer, inner)), sym(after, outer)


both_groups = pytest.mark.parametrize("X", [MOVED, SHEARED], ids=lambda X: str(X.group))


@both_groups
def test_t9_two_deterministic_procedures_are_one_at_every_point(X: GSpace) -> None:
    once, twice = one_and_two(function, bent, X, inners(X)["read"])
    x = points(7, X=X)
    assert gap(at(once, x), at(twice, x)) < EXACT
    for kernel in (once, twice):
        assert residual(kernel, x, elements(X)) < EXACT
    assert residual(function(bent, X), x, elements(X)) > 0.1


@both_groups
def test_t9_two_procedures_that_draw_are_one_in_law(X: GSpace) -> None:
    once, twice = one_and_two(random, noisy, X, inners(X)["drawn"])
    x = points(X=X)
    assert alike(many(once, x, 1), many(twice, x, 2))
    assert not alike(many(once, x, 1), many(random(noisy, X), x, 2))
    assert gap(at(once, x.expand(7, *x.shape)), at(twice, x.expand(7, *x.shape))) < EXACT
    assert_equivariant_in_law(once, x)


@both_groups
def test_t9_the_gamma_of_both_steps_is_equivariant_and_multiplies_in_order(X: GSpace) -> None:
    outer, inner, x = gammas.centroid(X), inners(X)["read"], points(7, X=X)
    gamma = composite(outer, inner)
    assert residual_of_element(gamma, x) < EXACT
    t, A = X.group.split(at(gamma, x))
    centre = x.mean(-2)
    assert gap(t, centre) < EXACT
    assert gap(A, at(inner, x - centre.unsqueeze(-2))) < EXACT
    other, _ = X.group.split(at(composite(gammas.chosen_point(X), inner), x))
    assert gap(other, x[:, 0]) < EXACT


def residual_of_element(gamma: EquivariantKernel, x: Tensor) -> float:
    """The largest residual over the tensors that an element is made of."""
    g, X = elements(gamma.dom), gamma.dom
    left, right = at(gamma, X.act(g, x)), gamma.cod.act(g, at(gamma, x))
    return max(gap(a, b) for a, b in zip(left, right, strict=True))


def test_t9_along_positive_definite_matrices_the_pair_is_the_polar_decomposition() -> None:
    on = linear(SHEARED)
    gamma = composite(gammas.gram(on), haar(O(2), restrict(on, Inclusion(O(2), GL(2)))))
    x = points(7, X=SHEARED)
    A = at(gamma, x)
    assert gap(A @ A.mT, x.mT @ x) < EXACT  # whatever was drawn of O(2)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(at(gamma, x, 1), at(gamma, x, 2))


def about_an_axis(x: Tensor) -> Tensor:
    """Equivariant under the rotations and mirrors that leave the first axis where it is."""
    first = torch.eye(x.shape[-1], dtype=x.dtype)[0]
    return shear(x) + (2 * x[..., :1] + 1) * first


def test_t9_along_three_groups_two_deterministic_procedures_are_one() -> None:
    X, phi, psi = gspace((5, 3), matrix(GL(3))), Inclusion(O(3), GL(3)), FixingAxes(3, 1)
    on, outer = restrict(X, phi), gammas.gram(X)
    direction = Deterministic(
        lambda x: torch.nn.functional.normalize(x[..., :1, :], dim=-1).mT,
        on,
        coset_space(Cosets(psi)),
    )
    inner = declare_equivariant(direction, O(3))
    once = sym(known(about_an_axis, X, psi >> phi), composite(outer, inner))
    after = sym(known(about_an_axis, on, psi), inner)
    twice, x = sym(Unrestricted(after, X, X, phi), outer), points(7, X=X)
    assert gap(at(once, x), at(twice, x)) < EXACT
    assert residual(once, x, elements(X)) < EXACT
    assert residual(after, x, elements(on)) < EXACT
    assert residual(after, x, elements(X)) > 0.1
    with pytest.raises(HypothesisMissing, match=r"^the kernel must be equivariant under O\(3\)"):
        Unrestricted(known(about_an_axis, on, psi), X, X, phi)


def test_t9_along_three_groups_two_procedures_that_draw_are_one_in_law() -> None:
    X, phi, psi = gspace((4, 3), permutation(S(4))), FixingPlaces(4, 1), FixingPlaces(3, 1)
    on = restrict(X, phi)
    outer, inner = haar(Cosets(phi), X), haar(Cosets(psi), on)

    def two_alike(x: Tensor, u: Tensor) -> Tensor:
        weights = torch.tensor([1.0, 2.0, 5.0, 5.0], dtype=x.dtype).unsqueeze(-1)
        return (x + x[..., :1, :].square() + 0.3 * u) * weights

    k, within = (
        declare_equivariant(random(two_alike, Z), f) for Z, f in ((X, psi >> phi), (on, psi))
    )
    once = sym(k, composite(outer, inner))
    twice, x = sym(Unrestricted(sym(within, inner), X, X, phi), outer), points(X=X)
    assert alike(many(once, x, 1), many(twice, x, 2))
    # both are constant, so the result is: the coset is drawn at once
    at_once = haar(PLACES, X)
    direct = sym(declare_equivariant(random(two_alike, X), PLACES.phi), at_once)
    assert alike(many(once, x, 1), many(direct, x, 2))
    assert not alike(many(once, x, 1), many(k, x, 2))


def test_t9_refuses_what_does_not_fit() -> None:
    outer = gammas.centroid(MOVED)
    with pytest.raises(ActionMismatch, match=r"^outer is along O\(3\), inner of GL\(2\)$"):
        composite(outer, gammas.first_points(linear(SHEARED)))
    lie = declare_equivariant(learned(frame, ROTATED, REGULAR), Inclusion(O(3), O(3)))
    with pytest.raises(HypothesisMissing, match=r"^inner must be equivariant under O\(3\)$"):
        composite(outer, lie)


def depth(n: int, X: GSpace = ROTATED) -> EquivariantKernel:
    gamma = haar(O(3), X)
    for _ in range(n):
        gamma = recursive(gamma, learned(frame, X, REGULAR))
    return gamma


@pytest.mark.parametrize("n", [1, 3])
def test_t10_a_recursive_gamma_and_what_it_symmetrises_are_equivariant_in_law(n: int) -> None:
    x = points()
    assert_equivariant_in_law(depth(n), x)
    s = sym(random(noisy, ROTATED), depth(n))
    assert_equivariant_in_law(s, x)
    assert not alike(many(s, x), many(sym(random(noisy, ROTATED), depth(0)), x, 2))


def test_t10_unrolled_recursion_multiplies_what_is_drawn_in_turn() -> None:
    x, generator = points(7), seeded(1)
    g = O(3).haar(7, generator=generator, dtype=torch.float64)
    for _ in range(3):
        v = torch.randn(7, 4, 3, generator=generator, dtype=torch.float64)
        g = g @ frame(x @ g, v)  # points are rows: x @ g is g^-1 x
    assert gap(at(depth(3), x), g) < EXACT


def test_t10_recursion_symmetrises_inside_out() -> None:
    # what is inside is no equivariant kernel; declaring its gamma one is how to write it down
    k = random(noisy, ROTATED)
    inner = sym(k, declare_equivariant(learned(frame, ROTATED, REGULAR), O(3)))
    once, twice, x = sym(k, depth(1)), sym(inner, depth(0)), points()
    assert gap(at(once, points(7)), at(twice, points(7))) < EXACT
    assert alike(many(once, x, 1), many(twice, x, 2))
    assert not alike(many(once, x, 1), many(inner, x, 2))


def test_t10_along_a_subgroup_the_learned_gamma_respects_it() -> None:
    base = haar(ALONG_S, BOTH)

    def mean_frame(x: Tensor, v: Tensor) -> Tensor:
        return orthonormalise(x.mT @ x.tanh() + 0.3 * v.mT @ v)

    good, bad = (
        declare_equivariant(learned(f, BOTH, base.cod), ALONG_S.phi) for f in (mean_frame, frame)
    )
    x = points(X=BOTH)
    assert_equivariant_in_law(recursive(base, good), x)
    swap = [(torch.tensor([1, 2, 3, 0]), torch.eye(3, dtype=torch.float64))]
    for learned_one, fails in ((good, False), (bad, True)):
        found = equivariance_in_law(recursive(base, learned_one), x, swap)
        assert (found.p < ALPHA) == fails


STILL = gspace((3, 3), trivial(O(3)), constraint=O(3).space.factors[0].constraint)


def spun(x: Tensor, v: Tensor) -> Tensor:
    """An orthogonal matrix whose law depends on the distances of the points only."""
    return orthonormalise(0.5 * v[..., :3, :] + (x @ x.mT)[..., :3, :3].tanh())


def test_t11_an_equivariant_gamma_times_invariant_noise_is_equivariant_in_law() -> None:
    gamma, x = gammas.orthonormal_points(ROTATED), points()
    u = declare_equivariant(learned(spun, ROTATED, STILL), O(3))
    product = gammas.with_noise(gamma, u)
    assert_equivariant_in_law(product, x)
    assert_equivariant_in_law(sym(random(noisy, ROTATED), product), x)
    assert gap(at(product, points(7)), at(gamma, points(7)) @ at(u, points(7))) < EXACT
    assert not alike(many(product, x), many(gamma, x))


def test_t11_noise_that_moves_along_is_seen() -> None:
    lie = declare_equivariant(learned(frame, ROTATED, STILL), O(3))
    product = gammas.with_noise(gammas.orthonormal_points(ROTATED), lie)
    with pytest.raises(AssertionError, match=r"^the kernel is not equivariant in law"):
        assert_equivariant_in_law(product, points())


def test_t11_noise_must_be_known_to_be_invariant() -> None:
    gamma = gammas.orthonormal_points(ROTATED)
    moved = declare_equivariant(learned(frame, ROTATED, REGULAR), O(3))
    with pytest.raises(CompositionError, match=r"^wanted noise from .* which nothing moves there"):
        gammas.with_noise(gamma, moved)
    some = declare_equivariant(learned(spun, ROTATED, STILL), Inclusion(O(3), O(3)))
    with pytest.raises(HypothesisMissing, match=r"^gamma and u must be equivariant under O\(3\)$"):
        gammas.with_noise(gamma, some)
