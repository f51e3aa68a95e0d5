"""E9 and E12: translations, and the motions of Euclidean space."""

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    GSpace,
    Together,
    affine,
    gspace,
    matrix,
    regular,
    restrict,
    translation,
    trivial,
)
from markovsym.errors import CompositionError, NoGammaError
from markovsym.groups import SE, SO, Cosets, E, FactorInclusion, O, SemidirectProduct, T
from markovsym.kernels import Deterministic, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import (
    Unrestricted,
    composite,
    cosets_of,
    declare_equivariant,
    default_gamma,
    gammas,
    haar,
    recursive,
    sym,
)
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

XT = gspace((5, 3), translation(T(3)))


def inner_space(X: GSpace) -> GSpace:
    """X under the group of matrices that is left when translations are dealt with."""
    return restrict(X, FactorInclusion(X.group, "right"))


def chiral(x: Tensor) -> Tensor:
    """Rotated along with the points, but not reflected."""
    return turning(x) + torch.linalg.cross(x, turning(x).roll(1, -2))


def test_e9_translations_by_the_centroid() -> None:
    s, x = sym(plain(XT), gammas.centroid(XT)), normal(6, 5, 3)
    c = x.sum(1, keepdim=True) / 5
    assert apart(s.sample(x, generator=fresh()), crooked(x - c) + c) < TOLERANCE
    assert error(plain(XT), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


@pytest.mark.parametrize("which", [0, 3, -1])
def test_e9_translations_by_a_chosen_point(which: int) -> None:
    s, x = sym(plain(XT), gammas.chosen_point(XT, which)), normal(6, 5, 3)
    c = x[:, [which]]
    assert apart(s.sample(x, generator=fresh()), crooked(x - c) + c) < TOLERANCE
    assert error(s, x) < TOLERANCE
    assert known(s)


def test_e9_translations_by_the_centroid_plus_noise() -> None:
    nothing_moves = gspace((3,), trivial(T(3)))
    k = NoiseOutsourced(lambda x, u: u * u + 1, space((3,)), XT, nothing_moves)
    u = declare_equivariant(k, T(3))
    gamma = gammas.with_noise(gammas.centroid(XT), u)
    s, x = sym(plain(XT), gamma), normal(6, 5, 3)
    shift = x.mean(1) + normal(6, 3, seed=9).square() + 1
    assert apart(gamma.sample(x, generator=fresh(9)), shift) < TOLERANCE
    wanted = crooked(x - shift[:, None]) + shift[:, None]
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    assert known(gamma)
    assert known(s)
    moving = declare_equivariant(
        NoiseOutsourced(lambda x, u: x.mean(-2) + u, space((3,)), XT, nothing_moves), T(3)
    )
    lie = sym(plain(XT), gammas.with_noise(gammas.centroid(XT), moving))
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(lie, x[0])


def test_e9_noise_comes_from_the_right() -> None:
    G = O(3)
    X = gspace((5, 3), matrix(G))
    first = gammas.canonical(lambda x: qr(x[..., :3, :].mT), X, G)
    still = gspace((3, 3), trivial(G), constraint=G.constraint)
    u = declare_equivariant(NoiseOutsourced(lambda x, u: qr(u), space((3, 3)), X, still), G)
    gamma, x = gammas.with_noise(first, u), normal(6, 5, 3)
    wanted = qr(x[:, :3].mT) @ qr(normal(6, 3, 3, seed=9))
    assert apart(gamma.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(gamma, x[0])


def test_e9_noise_that_does_not_fit_is_refused() -> None:
    first = gammas.centroid(XT)
    u = NoiseOutsourced(lambda x, u: u, space((3,)), XT, gspace((3,), trivial(T(3))))
    moved = NoiseOutsourced(lambda x, u: u, space((3,)), XT, regular(T(3)))
    with pytest.raises(CompositionError, match=r"^wanted noise from .* which nothing moves there"):
        gammas.with_noise(first, declare_equivariant(moved, T(3)))
    X = gspace((5, 3), affine(E(3)))
    with pytest.raises(CompositionError, match=r"^wanted gamma that ends in E\(3\), got one that"):
        gammas.with_noise(gammas.centroid(X), declare_equivariant(u, T(3)))


def test_e9_a_learned_translation_after_the_centroid() -> None:
    net = gammas.MLP(XT, (3,), hidden=(16,), noise=8).double()
    gamma = recursive(gammas.centroid(XT), gammas.learned(net, XT, T(3)))
    s, x = sym(plain(XT), gamma), normal(6, 5, 3)
    eta, c = normal(6, 8, seed=9), x.mean(1)
    with torch.no_grad():
        g = c + net.layers(torch.cat([(x - c[:, None]).flatten(1), eta], 1))
        wanted = crooked(x - g[:, None]) + g[:, None]
        assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
        assert_equivariant_in_law(s, x[0])
        lie = sym(plain(XT), declare_equivariant(gammas.learned(net, XT, T(3)), T(3)))
        with pytest.raises(AssertionError, match="not equivariant in law"):
            assert_equivariant_in_law(lie, x[0])


def test_e9_there_is_no_translation_to_read_off_inputs_that_stay() -> None:
    X = gspace((5, 3), trivial(T(3)))
    with pytest.raises(NoGammaError, match=r"T\(3\) is not compact and leaves every point"):
        gammas.centroid(X)
    with pytest.raises(CompositionError, match="wanted translations, or a group such as"):
        gammas.centroid(gspace((5, 3), matrix(O(3))))


@pytest.mark.parametrize("G", [E(3), SE(3)], ids=str)
def test_e12_centroid_first_along_the_inclusion_of_the_matrices(G: SemidirectProduct) -> None:
    X = gspace((5, 3), affine(G))
    inner = turning if E(3) == G else chiral
    k = declare_equivariant(Deterministic(inner, X, X), FactorInclusion(G, "right"))
    s, x = sym(k, gammas.centroid(X)), normal(6, 5, 3)
    c = x.mean(1, keepdim=True)
    assert apart(s.sample(x, generator=fresh()), inner(x - c) + c) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE  # translations are by 3 or so, and the values cubic
    assert known(s)
    away = declare_equivariant(Deterministic(crooked, X, X), FactorInclusion(G, "right"))
    assert error(sym(away, gammas.centroid(X)), x) > 0.5


@pytest.mark.parametrize("G", [E(3), SE(3)], ids=str)
def test_e12_centroid_and_then_haar(G: SemidirectProduct) -> None:
    X = gspace((5, 3), affine(G))
    H = G.factors[1]
    gamma = composite(gammas.centroid(X), haar(H, inner_space(X)))
    s, x = sym(plain(X), gamma), normal(6, 5, 3)
    c = x.mean(1, keepdim=True)
    R = H.haar(6, generator=fresh(9), dtype=torch.float64)
    wanted = crooked((x - c) @ R) @ R.mT + c
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert apart(sym(plain(X), default_gamma(X)).sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X), x[0])
    assert known(s)
    assert gamma.cod == regular(G)


@pytest.mark.parametrize("G", [E(3), SE(3)], ids=str)
def test_e12_centroid_and_then_a_learned_frame(G: SemidirectProduct) -> None:
    X = gspace((5, 3), affine(G))
    H, XH = G.factors[1], inner_space(X)
    net = gammas.MLP(XH, (3, 3), hidden=(16,), noise=8).double()
    frame = recursive(haar(H, XH), gammas.learned(net, XH, H))
    s, x = sym(plain(X), composite(gammas.centroid(X), frame)), normal(6, 5, 3)
    generator = fresh(9)
    R0 = H.haar(6, generator=generator, dtype=torch.float64)
    eta = torch.randn(6, 8, generator=generator, dtype=torch.float64)
    c = x.mean(1, keepdim=True)
    with torch.no_grad():
        m = net.layers(torch.cat([((x - c) @ R0).flatten(1), eta], 1)).reshape(6, 3, 3)
        R1 = qr(m)
        if isinstance(H, SO):
            R1[:, :, 0] *= torch.linalg.det(R1)[:, None]
        R = R0 @ R1
        wanted = crooked((x - c) @ R) @ R.mT + c
        assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
        assert_equivariant_in_law(s, x[0])
    assert known(s)


@pytest.mark.parametrize("G", [E(3), SE(3)], ids=str)
def test_e12_centroid_and_then_the_frame_of_the_points(G: SemidirectProduct) -> None:
    X = gspace((5, 3), affine(G))
    H = G.factors[1]

    def frame(x: Tensor) -> Tensor:
        Q = qr(x[..., :3, :].mT)
        if isinstance(H, O):
            return Q
        return torch.cat([Q[..., :2], Q[..., 2:] * torch.linalg.det(Q)[..., None, None]], -1)

    gamma = composite(gammas.centroid(X), gammas.canonical(frame, inner_space(X), H))
    s, x = sym(plain(X), gamma), normal(6, 5, 3)
    c = x.mean(1, keepdim=True)
    R = frame(x - c)
    assert apart(s.sample(x, generator=fresh()), crooked((x - c) @ R) @ R.mT + c) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


def test_e12_in_two_steps_as_in_one() -> None:
    X = gspace((5, 3), affine(E(3)))
    outer, inner = gammas.centroid(X), haar(O(3), inner_space(X))
    first = sym(Deterministic(crooked, inner_space(X), inner_space(X)), inner)
    twice = sym(Unrestricted(first, X, X, cosets_of(outer).phi), outer)
    once, x = sym(plain(X), composite(outer, inner)), normal(6, 5, 3)
    assert apart(*(s.sample(x, generator=fresh(9)) for s in (once, twice))) < TOLERANCE


def test_e12_velocities_are_turned_but_not_shifted() -> None:
    G = E(3)
    right = FactorInclusion(G, "right")
    turned = Together(G, trivial(T(3)), matrix(O(3)))
    X = gspace((5, 3), affine(G)) @ gspace((5, 3), turned)
    k = Deterministic(lambda x, v: (crooked(x + v), crooked(x - 2 * v)), X, X)
    s = sym(k, composite(gammas.centroid(X), haar(O(3), restrict(X, right))))
    x, v = normal(6, 5, 3), normal(6, 5, 3, seed=5)
    c = x.mean(1, keepdim=True)
    R = O(3).haar(6, generator=fresh(9), dtype=torch.float64)
    a, b = (x - c) @ R, v @ R
    wanted = (crooked(a + b) @ R.mT + c, crooked(a - 2 * b) @ R.mT)
    assert apart(s.sample((x, v), generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, (x[0], v[0]))


def test_e12_the_cosets_of_the_matrices_are_the_translations() -> None:
    X = gspace((5, 3), affine(E(3)))
    assert cosets_of(gammas.centroid(X)) == Cosets(FactorInclusion(E(3), "right"))
    assert gammas.centroid(X).cod.space == T(3).space
