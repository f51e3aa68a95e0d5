"""Gammas of the library pass; others fail, and the points that show it are named."""

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import (
    Shift,
    affine,
    gspace,
    matrix,
    permutation,
    regular,
    scaling,
    together,
    translation,
    trivial,
)
from markovsym.errors import CompositionError, NoGammaError, SpaceError
from markovsym.groups import (
    GL,
    SO,
    C,
    Cosets,
    Direct,
    E,
    FactorInclusion,
    FixingAxes,
    FromTrivial,
    Inclusion,
    LorentzGroup,
    O,
    S,
    Same,
    Scalings,
    T,
    U,
    gram_schmidt,
)
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import CentreFree, Kind, Value, parts_of, space
from markovsym.symmetrise import declare_equivariant, default_gamma, gammas, haar, recursive
from markovsym.testing import Effort, NotApplicableError, Outcome, making
from markovsym.testing.algebra.gamma_laws import check_gamma
from markovsym.testing.inputs.special_points import special_points
from markovsym.testing.outcome import heard

G = O(3)
X = gspace((5, 3), matrix(G))
CLOUD = gspace((5, 3), together(permutation(S(5)), matrix(G)), constraint=CentreFree())
ROWS = gspace((5, 2), permutation(S(5)))
WHOLE, HANDS = Cosets(FromTrivial(G)), Cosets(Inclusion(SO(3), G))
AXES = Cosets(FixingAxes(3, 2))
USUAL, SHORT = Effort(), Effort(examples=4, pairs=192)


@pytest.fixture(autouse=True)
def _briefly() -> Iterator[None]:
    with making(Effort(examples=1, pairs=64)):
        yield


def frame(m: Tensor) -> Tensor:
    return gram_schmidt(m)[0]


def sharp(x: Tensor) -> Tensor:
    """Equivariant where three points span the space."""
    return frame(x[..., :3, :].mT)


def raw_qr(x: Tensor, generator: torch.Generator) -> Tensor:
    return torch.linalg.qr(torch.randn(len(x), 3, 3, generator=generator))[0]


def uniform(x: Tensor, generator: torch.Generator) -> Tensor:
    return G.haar(len(x), generator=generator)


LEARNED = NoiseOutsourced(
    lambda x, v: frame(x[..., :3, :].cumsum(-1).mT + v), space((3, 3)), X, regular(G)
)
PLACED = gspace((5, 3), affine(E(3)))
LINES = gspace((5, 3), matrix(GL(3)))
GAMMAS: dict[str, Kernel] = {
    "haar": haar(G, X),
    "recursive": recursive(haar(G, X), LEARNED),
    "principal axes": gammas.principal_axes(X),
    "principal axes that turn": gammas.principal_axes(gspace((5, 3), matrix(SO(3)))),
    "determinants": haar(HANDS, X),
    "axes": haar(AXES, X),
    "of a factor": haar(Cosets(FactorInclusion(Direct(S(5), G), "left")), CLOUD),
    "of the other factor": haar(Cosets(FactorInclusion(Direct(S(5), G), "right")), CLOUD),
    "centroid": gammas.centroid(PLACED),
    "translations": gammas.centroid(gspace((5, 3), translation(T(3)))),
    "motions": default_gamma(PLACED),
    "gram": gammas.gram(LINES),
    "linear maps": default_gamma(LINES),
    "boosts": default_gamma(gspace((5, 4), matrix(LorentzGroup(4)))),
    "size": gammas.size(gspace((5, 3), scaling(Scalings()))),
    "order": gammas.argsort(lambda x: x.sum(-1), ROWS),
    "first places": gammas.janossy(ROWS, 2),
    "phase": gammas.phase(gspace((8,), Shift(C(8), -1))),
    "unitary": haar(U(2), gspace((5, 2), matrix(U(2)), Kind.COMPLEX)),
}


@pytest.mark.parametrize("name", GAMMAS)
def test_gammas_of_the_library_pass(name: str) -> None:
    found = check_gamma(GAMMAS[name])
    assert found.p > 1e-4
    assert found.effort.alpha == USUAL.alpha / 2


def test_any_function_may_be_a_gamma() -> None:
    found = check_gamma(uniform, X, cosets=WHOLE, effort=USUAL)
    assert found.p > 1e-4
    assert found.pairs == found.examples * 1024
    plain = NoiseOutsourced(lambda x, m: frame(m), space((3, 3)), X.space, WHOLE.space)
    assert check_gamma(plain, X, cosets=WHOLE).p > 1e-4
    net = nn.Sequential(nn.Flatten(-2), nn.Linear(15, 9), nn.Unflatten(-1, (3, 3)), Frame())
    with pytest.raises(AssertionError, match="not equivariant in law"):
        check_gamma(net, X, cosets=WHOLE, effort=SHORT)


def test_a_gamma_is_handed_points_in_the_precision_of_its_weights() -> None:
    seen: set[torch.dtype] = set()

    class Seeing(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            seen.add(x.dtype)
            return x

    for dtype in (torch.float64, torch.float32):
        net = nn.Sequential(Seeing(), nn.Flatten(-2), nn.Linear(15, 9), nn.Unflatten(-1, (3, 3)))
        learned = Deterministic(nn.Sequential(net, Frame()).to(dtype), X, regular(G))
        assert check_gamma(recursive(haar(G, X), learned)).p > 1e-4
        assert seen == {dtype}
        seen.clear()


class Frame(nn.Module):
    def forward(self, m: Tensor) -> Tensor:
        return frame(m)


FAULTS: dict[str, tuple[Callable[..., Value], Cosets, str]] = {
    "not left-equivariant": (lambda x: frame(x[..., :3, :].mT.cumsum(-2)), WHOLE, ""),
    "QR without the signs": (raw_qr, WHOLE, ""),
    "SO(3) for O(3)": (
        lambda x, generator: SO(3).haar(len(x), generator=generator),
        WHOLE,
        "of determinant -1",
    ),
    "the transpose": (lambda x: sharp(x).mT, WHOLE, ""),
    "one value": (lambda x: torch.eye(3).expand(len(x), 3, 3), WHOLE, ""),
    "one side only": (lambda x: torch.ones(len(x), 1, 1), HANDS, "of determinant -1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_equivariant_is_seen_at_random_points(name: str) -> None:
    function, cosets, message = FAULTS[name]
    start = r"(?s)^gamma is not equivariant in law under O\(3\): at .*"
    with pytest.raises(
        AssertionError, match=rf"{start}{message}\)?, with random points, .*; x = tensor"
    ):
        check_gamma(function, X, cosets=cosets, effort=USUAL)


def test_a_learned_gamma_is_none_before_it_is_symmetrised() -> None:
    with pytest.raises(AssertionError, match="not equivariant in law"):
        check_gamma(declare_equivariant(LEARNED, G), effort=USUAL)
    assert check_gamma(recursive(haar(G, X), LEARNED)).p > 1e-4


STRANGERS: dict[str, tuple[Callable[..., Value], Cosets, str]] = {
    "too long": (lambda x: 1.1 * sharp(x), WHOLE, r"in O\(3\) at random points: 64 of 64 draws"),
    "of another sign": (lambda x: 2 * sharp(x)[..., :1, :1].sign(), HANDS, "64 of 64"),
    "axes that are not orthogonal": (lambda x: x[..., :2, :].mT, AXES, "64 of 64"),
    "some": (lambda x: sharp(x) * (1 + (x[:, :1, :1] > 0)), WHOLE, r": [23]\d of 64"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_coset_is_counted(name: str) -> None:
    function, cosets, message = STRANGERS[name]
    with pytest.raises(
        AssertionError, match=rf"^gamma draws what is no coset .*{message}.* are none$"
    ):
        check_gamma(function, X, cosets=cosets)


def test_matrices_must_be_positive_definite_and_symmetric() -> None:
    H = Cosets(Inclusion(G, GL(3)))
    for change in (lambda P: -P, lambda P: P.triu(), lambda P: 0 * P):
        with pytest.raises(AssertionError, match="draws what is no coset"):
            check_gamma(lambda x, change=change: change(x.mT @ x), LINES, cosets=H)


def test_rounding_of_elements_is_not_held_against_them() -> None:
    rough = NoiseOutsourced(
        lambda x, m: frame(m) * (1 + (2e-4 if m.dtype == torch.float32 else 0.0)),
        space((3, 3)),
        X,
        regular(G),
    )
    assert check_gamma(rough).p > 1e-4
    worse = NoiseOutsourced(lambda x, m: frame(m) * 1.0002, space((3, 3)), X, regular(G))
    with pytest.raises(AssertionError, match="no coset"):
        check_gamma(worse)
    single = Deterministic(lambda x: frame(x[..., :3, :] @ torch.eye(3)) * 1.1, X, regular(G))
    with pytest.raises(AssertionError, match="no coset"):
        check_gamma(single)


POINTS = [
    "two points at one place",
    "points in a plane",
    "points in pairs x and -x",
    "points on a line",
    "all points at zero",
]


def is_special(x: Tensor, name: str) -> Tensor:
    """Whether points are special, up to rounding."""
    match name:
        case "all points at zero":
            return x.abs().amax((-1, -2)) < 1e-6
        case "points on a line":
            return torch.linalg.svdvals(x)[..., 1] < 1e-5
        case "points in a plane":
            return torch.linalg.svdvals(x)[..., 2] < 1e-5
        case "points in pairs x and -x":
            return (x + x.flip(-2)).abs().amax((-1, -2)) < 1e-5
        case _:
            return (x[..., 0, :] - x[..., -1, :]).abs().amax(-1) < 1e-6


def wrong_at(name: str, answer: Callable[[Tensor], Tensor]) -> Kernel:
    """Haar, but for special points."""

    def function(x: Tensor, m: Tensor) -> Tensor:
        special = is_special(x, name)
        found = answer(x) if bool(special.all()) else frame(m)
        return torch.where(special[:, None, None], found, frame(m))

    return NoiseOutsourced(function, space((3, 3)), X, regular(G))


def refuse(error: type[Exception]) -> Callable[[Tensor], Tensor]:
    def answer(x: Tensor) -> Tensor:
        raise error("no frame here")

    return answer


@pytest.mark.parametrize("name", POINTS)
def test_special_points_are_tried_and_named(name: str) -> None:
    with pytest.raises(
        AssertionError, match=rf"^gamma raises SpaceError at {name}: no frame here; "
    ):
        check_gamma(wrong_at(name, refuse(SpaceError)))
    with pytest.raises(
        AssertionError, match=rf"not equivariant in law .*, with {name}, the laws of"
    ):
        check_gamma(wrong_at(name, lambda x: torch.eye(3).to(x).expand(len(x), 3, 3)), effort=SHORT)


def test_gamma_may_refuse_special_points_in_one_way_only() -> None:
    name, mend = POINTS[1], "wanted a draw, or NoGammaError where none can exist$"
    assert check_gamma(wrong_at(name, refuse(NoGammaError))).p > 1e-4
    with pytest.raises(AssertionError, match=rf"^gamma raises SpaceError at {name}: .*{mend}"):
        check_gamma(wrong_at(name, refuse(SpaceError)))
    with pytest.raises(AssertionError, match=rf"^gamma is not finite at {name}; {mend}"):
        check_gamma(wrong_at(name, lambda x: torch.full((len(x), 3, 3), math.nan)))
    with pytest.raises(AssertionError, match=rf"no coset in O\(3\) at {name}: 64 of 64"):
        check_gamma(wrong_at(name, lambda x: torch.zeros(len(x), 3, 3)))


def test_a_refusal_at_one_point_excuses_no_other() -> None:
    def function(x: Tensor, m: Tensor) -> Tensor:
        if bool(is_special(x, "points on a line").all()):
            raise SpaceError("no frame on a line")
        if bool(is_special(x, "points in a plane").all()):
            raise NoGammaError("none in a plane")
        return frame(m)

    with pytest.raises(
        AssertionError, match=r"^gamma raises SpaceError at points on a line: no frame"
    ):
        check_gamma(NoiseOutsourced(function, space((3, 3)), X, regular(G)))


def test_motions_are_tried_at_special_points_too() -> None:
    def mean(x: Tensor) -> Tensor:
        if bool(is_special(x, "two points at one place").all()):
            raise SpaceError("too near")
        return x.mean(-2)

    Y = gspace((5, 3), translation(T(3)))
    with pytest.raises(
        AssertionError, match=r"^gamma raises SpaceError at two points at one place: to"
    ):
        check_gamma(mean, Y, cosets=Cosets(FromTrivial(T(3))))
    # a plane is kept by linear maps that are as large as you like, so none exists there
    assert check_gamma(gammas.first_points(LINES)).p > 1e-4


def test_a_sharp_frame_is_no_gamma_where_points_do_not_span_the_space() -> None:
    with pytest.raises(AssertionError, match=r"not equivariant in law .* with points in a plane"):
        check_gamma(sharp, X, cosets=WHOLE, effort=SHORT)


def test_a_gamma_that_raises_everywhere_fails() -> None:
    with pytest.raises(
        AssertionError, match=r"^gamma raises ValueError at random points: no frame"
    ):
        check_gamma(Deterministic(refuse(ValueError), X, regular(G)))
    with pytest.raises(NoGammaError, match="no frame here"):
        check_gamma(Deterministic(refuse(NoGammaError), X, regular(G)))


def test_special_points_are_special_and_lie_in_their_space(generator: torch.Generator) -> None:
    found = special_points(X, generator=generator)
    assert list(found) == POINTS
    for name, x in found.items():
        assert isinstance(x, Tensor)
        assert is_special(x, name)
        assert name == POINTS[4] or x.abs().amax(-1).min() > 0 or name == POINTS[2]
    assert not is_special(x := found[POINTS[0]], POINTS[1])
    assert not is_special(found[POINTS[1]], POINTS[3])
    for x in special_points(CLOUD, generator=generator).values():
        assert CentreFree().violation(parts_of(x)[0]) < 1e-12


def test_what_is_no_row_of_points_stays(generator: torch.Generator) -> None:
    Y = gspace((3,), matrix(G)) @ gspace((2, 3), trivial(G)) @ X @ regular(G)
    for x in special_points(Y, generator=generator).values():
        vector, still, _, g = parts_of(x)
        assert vector.abs().min() > 0
        assert still.abs().min() > 0
        assert G.contains(g)
    for other in (gspace((3,), matrix(G)), regular(G), gspace((2, 3), trivial(G))):
        assert special_points(other, generator=generator) == {}


def test_special_points_are_moved_away_from_zero_if_the_group_is_not_compact(
    generator: torch.Generator,
) -> None:
    *_, x = special_points(PLACED, generator=generator).values()
    assert isinstance(x, Tensor)
    assert x.abs().max() > 0.1
    assert (x - x[:1]).abs().max() < 1e-9


def test_one_coset_is_not_applicable() -> None:
    with pytest.raises(
        NotApplicableError, match=r"there is one coset of .*, so that every gamma will"
    ):
        check_gamma(haar(Cosets(Same(G)), X))


def test_spaces_must_be_known_and_fit() -> None:
    with pytest.raises(
        CompositionError, match="wanted the space in which gamma starts and the coset"
    ):
        check_gamma(uniform)
    with pytest.raises(CompositionError, match="wanted the space in which gamma starts"):
        check_gamma(uniform, X)
    with pytest.raises(CompositionError, match="gamma must end in a space of cosets"):
        check_gamma(Deterministic(lambda x: x, X, X))
    with pytest.raises(CompositionError, match=r"^gamma ends in O\(3\), not in "):
        check_gamma(haar(G, X), cosets=HANDS)
    with pytest.raises(CompositionError, match="actions of one group"):
        check_gamma(uniform, X, cosets=Cosets(FromTrivial(SO(3))))


def test_whoever_listens_is_told_once() -> None:
    told: list[Outcome] = []
    with heard(told.append):
        check_gamma(haar(C(5), regular(C(5))))
    assert [(one.check, one.verdict.value) for one in told] == [("gamma", "pass")]
