"""T16 to T19 on tensors: when gamma exists, equivariant sections, naturality, units."""

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    Together,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    restrict,
    trivial,
)
from markovsym.errors import HypothesisMissing, NoGammaError, NotCompactError, NotFiniteError
from markovsym.groups import (
    GL,
    Cosets,
    E,
    FixingPlaces,
    FromTrivial,
    O,
    S,
    Same,
    T,
)
from markovsym.kernels import Deterministic, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import (
    EquivariantSamplers,
    StochasticSection,
    Unrestricted,
    atoms,
    cosets_of,
    declare_equivariant,
    gammas,
    haar,
    lifted,
    require_gamma,
    stabiliser,
    sym,
)
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.theory.tensors import (
    ALONG_Q,
    ALONG_T,
    DRAWS,
    EXACT,
    MOVED,
    PLACES,
    ROTATED,
    SQUARE,
    alike,
    at,
    bent,
    elements,
    function,
    gap,
    known,
    many,
    noisy,
    points,
    random,
    rigid,
    seeded,
)

NUMBERS = gspace((3,), permutation(S(3), (-1,)))
FREE = Cosets(FromTrivial(S(3)))
STILL = gspace((4, 3), trivial(T(3)))


def test_t16_the_stabiliser_of_a_point() -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [5.0, 2.0, 2.0], [7.0, 7.0, 7.0]], dtype=torch.float64)
    fixing = stabiliser(NUMBERS, x)
    assert fixing.sum(-1).tolist() == [1, 2, 6]
    elements = S(3).elements()
    assert elements[fixing[1]].tolist() == [[0, 1, 2], [0, 2, 1]]
    assert stabiliser(NUMBERS, x[2]).all()
    nearly = torch.tensor([5.0, 2.0, 2.0 + 1e-7], dtype=torch.float64)
    assert stabiliser(NUMBERS, nearly).sum() == 2
    assert stabiliser(NUMBERS, nearly, tolerance=1e-9).sum() == 1
    assert stabiliser(SQUARE, torch.tensor([[1.0, 0.0], [-2.0, 0.0]])).sum() == 2
    with pytest.raises(NotFiniteError, match=r"^O\(3\) is infinite"):
        stabiliser(ROTATED, points())


@pytest.mark.parametrize(("ties", "order"), [(1, 1), (2, 2), (3, 6)])
def test_t16_no_element_is_likelier_than_one_in_the_order_of_the_stabiliser(
    ties: int, order: int
) -> None:
    x = torch.tensor([7.0, 5.0, 2.0], dtype=torch.float64)
    x[:ties] = 7.0
    weights = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    for temperature in (0.0, 1.0, 100.0):
        gamma = gammas.scored(lambda y: y @ weights, NUMBERS, temperature=temperature)
        found = atoms(gamma, x[None]).weights[0]
        assert abs(float(found.sum()) - 1) < EXACT
        assert found.max() <= 1 / order + EXACT
        fixing = S(3).elements()[stabiliser(NUMBERS, x)]
        chance = {tuple(g): float(p) for g, p in zip(S(3).elements().tolist(), found, strict=True)}
        for s in fixing:
            for g in S(3).elements():
                moved = tuple(S(3).multiply(s, g).tolist())
                assert abs(chance[moved] - chance[tuple(g.tolist())]) < EXACT
    at_zero = atoms(gammas.scored(lambda y: y @ weights, NUMBERS), x[None]).weights
    assert abs(float(at_zero.max()) - 1 / order) < EXACT  # the bound is reached


def test_t16_a_deterministic_gamma_needs_a_coset_that_the_stabiliser_fixes() -> None:
    apart, pair, equal = (
        torch.tensor(x, dtype=torch.float64) for x in ([1.0, 2, 3], [5.0, 2, 2], [7.0, 7, 7])
    )
    one_place = Cosets(FixingPlaces(3, 1))
    everything = Cosets(Same(S(3)))
    allowed = [(FREE, apart), (one_place, apart), (one_place, pair)]
    allowed += [(everything, x) for x in (apart, pair, equal)]
    for cosets, x in allowed:
        require_gamma(NUMBERS, cosets, x, deterministic=True)
    for cosets, x, count in ((FREE, pair, 2), (FREE, equal, 6), (one_place, equal, 6)):
        message = (
            rf"^{count} elements of S\(3\) leave the point where it is and fix none of the cosets "
            r".*: a deterministic gamma cannot be equivariant there; use one that draws, such as "
            r"haar$"
        )
        with pytest.raises(NoGammaError, match=message):
            require_gamma(NUMBERS, cosets, x, deterministic=True)
        require_gamma(NUMBERS, cosets, x)  # one that draws exists


def test_t16_translations_that_leave_the_input_alone_have_no_gamma() -> None:
    message = (
        r"^T\(3\) is not compact and leaves every point of \(.*\) alone: no probability on the "
        r"cosets .* is invariant under the stabiliser of a point; symmetrise along a homomorphism "
        r"whose image holds that group$"
    )
    with pytest.raises(NoGammaError, match=message):
        require_gamma(STILL, Cosets(FromTrivial(T(3))))
    require_gamma(STILL, Cosets(Same(T(3))))
    with pytest.raises(NoGammaError, match=message):
        gammas.canonical(lambda x: x[..., 0, :], STILL, T(3))


def test_t16_nor_in_a_product_unless_it_is_symmetrised_along_them() -> None:
    centred = gspace((4, 3), Together(E(3), trivial(T(3)), matrix(O(3))))
    with pytest.raises(NoGammaError, match=r"^T\(3\) is not compact and leaves every point of"):
        require_gamma(centred, ALONG_Q)
    require_gamma(centred, ALONG_T)
    require_gamma(MOVED, ALONG_Q)
    turned = gspace((4, 3), trivial(O(3)))
    require_gamma(turned, Cosets(FromTrivial(O(3))))  # compact: Haar will do


def lifts():
    linear = gspace((4, 3), matrix(GL(3)))
    return {
        "GL(3)/O(3)": (linear, gammas.gram(linear)),
        "E(3)/O(3)": (MOVED, gammas.centroid(MOVED)),
        "S(4)/S(2)": (PERMUTED, haar(PLACES, PERMUTED)),
    }


PERMUTED = gspace((4, 3), permutation(S(4)))


@pytest.mark.parametrize("name", lifts())
def test_t17_any_kernel_may_be_symmetrised_with_a_lifted_gamma(name: str) -> None:
    X, gamma = lifts()[name]
    x = points(X=X)
    s = sym(random(noisy, X), lifted(gamma))
    assert_equivariant_in_law(s, x)
    assert_equivariant_in_law(lifted(gamma), x)
    with pytest.raises(HypothesisMissing):
        sym(random(noisy, X), gamma)


@pytest.mark.parametrize("name", lifts())
def test_t17_a_lifted_gamma_symmetrises_by_haar_of_the_subgroup_first(name: str) -> None:
    X, gamma = lifts()[name]
    phi = cosets_of(gamma).phi
    on, x = restrict(X, phi), points(X=X)
    first = Unrestricted(sym(random(noisy, on), haar(phi.dom, on)), X, X, phi)
    once, twice = sym(random(noisy, X), lifted(gamma)), sym(first, gamma)
    assert alike(many(once, x, 1), many(twice, x, 2))
    assert not alike(many(once, x, 1), many(random(noisy, X), x, 2))


def test_t17_a_random_section_is_equivariant_and_a_fixed_one_is_not() -> None:
    X = gspace((4, 3), matrix(GL(3)))
    cosets = cosets_of(gammas.gram(X))
    P = points(5, X=X)[0].mT @ points(5, X=X)[0]
    assert_equivariant_in_law(StochasticSection(cosets), P)
    fixed = Deterministic(cosets.section, coset_space(cosets), regular(GL(3)))
    with pytest.raises(AssertionError, match=r"^the kernel is not equivariant in law"):
        assert_equivariant_in_law(fixed, P)
    back = cosets.project(at(StochasticSection(cosets), P.expand(7, 3, 3)))
    assert gap(back, P.expand(7, 3, 3)) < EXACT


def test_t17_needs_a_compact_subgroup_and_does_nothing_for_the_trivial_one() -> None:
    with pytest.raises(NotCompactError, match=r"^T\(3\) is not compact"):
        lifted(haar(ALONG_T, MOVED))
    gamma = haar(O(3), ROTATED)
    assert lifted(gamma) is gamma


SHAKEN = gammas.orthonormal_points(ROTATED)


def shaken(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant in law: the noise has no direction."""
    return x + 0.7 * u


def test_t18_an_equivariant_function_may_come_after_or_before() -> None:
    x, k, f = points(7), random(noisy, ROTATED), known(rigid, ROTATED, O(3))
    drawn = haar(O(3), ROTATED)
    for gamma in (SHAKEN, drawn):
        assert gap(at(sym(k >> f, gamma), x), at(sym(k, gamma) >> f, x)) < EXACT
        assert gap(at(sym(f >> k, f >> gamma), x), at(f >> sym(k, gamma), x)) < EXACT
    assert gap(at(sym(f >> k, SHAKEN), x), at(f >> sym(k, SHAKEN), x)) > 0.01
    bare = function(bent, ROTATED)
    assert gap(at(sym(k >> bare, SHAKEN), x), at(sym(k, SHAKEN) >> bare, x)) > 0.1


def test_t18_an_equivariant_kernel_that_draws_may_come_after_but_not_before() -> None:
    x, k = points(), function(bent, ROTATED)
    f = declare_equivariant(random(shaken, ROTATED), O(3))
    assert alike(many(sym(k >> f, SHAKEN), x, 1), many(sym(k, SHAKEN) >> f, x, 2))
    outside = f >> sym(k, SHAKEN)
    for inside in (sym(f >> k, f >> SHAKEN), sym(f >> k, SHAKEN)):
        assert_equivariant_in_law(inside, x)
        assert not alike(many(inside, x, 1), many(outside, x, 2))
        size = (many(inside, x, 1).mean(0) - many(outside, x, 2).mean(0)).abs().max()
        assert size > 0.05


def test_t19_along_the_identity_there_is_one_coset_and_nothing_happens() -> None:
    for X in (ROTATED, MOVED):
        k = known(rigid, X)
        gamma = gammas.canonical(lambda x: (), X, Cosets(Same(X.group)))
        assert gap(at(sym(k, gamma), points(7)), rigid(points(7))) == 0.0
        with pytest.raises(HypothesisMissing, match=r"the kernel must be equivariant under"):
            sym(function(bent, X), gamma)
    noise = declare_equivariant(random(shaken, ROTATED), O(3))
    constant = haar(Cosets(Same(O(3))), ROTATED)
    # the one coset is drawn first, so that the noise is another
    assert alike(many(sym(noise, constant), points(), 1), many(noise, points(), 2))


def test_t19_on_the_group_itself_gamma_is_the_identity() -> None:
    on, X = regular(O(3)), gspace((4, 3), matrix(O(3)))
    k = Deterministic(lambda g: bent(torch.cat([g, g[..., :1, :]], dim=-2)), on, X)
    s = sym(k, EquivariantSamplers(O(3)).identity(on))
    g = elements(X)
    e = O(3).identity(7, dtype=torch.float64)
    assert gap(at(s, g), X.act(g, at(k, e))) < EXACT


def test_t19_a_state_is_moved_by_haar() -> None:
    Y = gspace((4, 3), matrix(O(3)))
    p = NoiseOutsourced(lambda u: noisy(u, u), space((4, 3)), Y.unit, Y)
    s = sym(p, haar(O(3), Y.unit))
    found = s.sample((), generator=seeded(1), batch=(DRAWS,))
    g = O(3).haar(DRAWS, generator=seeded(2), dtype=found.dtype)
    bare = p.sample((), generator=seeded(3), batch=(DRAWS,))
    assert alike(found, Y.act(g, bare))
    assert alike(found, Y.act(g[:1].expand(DRAWS, 3, 3), found))
    assert not alike(found, bare)
