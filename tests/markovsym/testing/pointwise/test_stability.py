"""Procedures that leave equivariant functions alone pass; those without an inverse do not."""

import math
from collections.abc import Callable
from typing import final

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import (
    GSpace,
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
from markovsym.errors import HypothesisMissing
from markovsym.groups import (
    GL,
    SO,
    C,
    Cosets,
    Direct,
    E,
    Element,
    FactorInclusion,
    Inclusion,
    O,
    S,
    Scalings,
    T,
    U,
    gram_schmidt,
)
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced, Randomness
from markovsym.spaces import CentreFree, Kind, Value, space
from markovsym.symmetrise import (
    EquivariantKernel,
    declare_equivariant,
    default_gamma,
    gammas,
    haar,
    recursive,
    sym,
)
from markovsym.testing import InconclusiveError, Outcome, assert_equivariant
from markovsym.testing.outcome import heard
from markovsym.testing.pointwise.stability import assert_stable

G = O(3)
X = gspace((5, 3), matrix(G))
CLOUD = gspace((5, 3), together(permutation(S(5)), matrix(G)), constraint=CentreFree())
ROW, ENTRY = "x |x| for each row", "x |x| for each entry"
THREE = {"the identity", ROW, "x less its mean"}
FOUR = THREE | {ENTRY}
MASK = gspace((5,), permutation(S(5), (-1,)), Kind.BOOLEAN)
PIXELS = gspace((3, 3), permutation(S(3), (-1,)))

# each: a space, and the functions on it that are equivariant
SPACES: dict[str, tuple[GSpace, set[str]]] = {
    "rotations": (X, THREE),
    "orders": (gspace((5, 2), permutation(S(5))), FOUR),
    "orders along the last axis": (PIXELS, FOUR),
    "several factors": (
        gspace((5, 2), permutation(S(5))) @ MASK @ gspace((), trivial(S(5))),
        FOUR,
    ),
    "both": (gspace((5, 3), together(permutation(S(5)), matrix(G))), THREE),
    "linear maps": (gspace((5, 3), matrix(GL(3))), {"the identity", "x less its mean"}),
    "translations": (gspace((5, 2), translation(T(2))), {"the identity"}),
    "motions": (gspace((5, 3), affine(E(3))), {"the identity"}),
    "scalings": (gspace((5, 3), scaling(Scalings())), {"the identity", "x less its mean"}),
    "unitary": (gspace((5, 2), matrix(U(2)), Kind.COMPLEX), FOUR),
    "the group itself": (regular(G), FOUR),
    "names of sizes": (gspace(("atom", 3), matrix(G)), THREE),
}


@final
class ByHand(Kernel):
    """A procedure written out: x -> out(g, k(into(g, x))), with g drawn from a law."""

    def __init__(
        self,
        k: Kernel,
        law: Callable[..., Element],
        into: Callable[[Element, Value], Value],
        out: Callable[[Element, Value], Value],
    ) -> None:
        super().__init__(k.dom, k.cod)
        self.k, self.law, self.into, self.out = k, law, into, out

    def draw(self, value: Value, source: Randomness) -> Value:
        g = self.law(len(value), generator=source.generator, dtype=source.dtype)
        return self.out(g, self.k.draw(self.into(g, value), source))


def back(g: Element, x: Value) -> Value:
    return X.act(G.inverse(g), x)


def raw_qr(n: int, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    return torch.linalg.qr(torch.randn(n, 3, 3, generator=generator, dtype=dtype))[0]


@pytest.mark.parametrize("name", SPACES)
def test_procedures_of_the_library_are_stable(name: str) -> None:
    Y, functions = SPACES[name]
    errors = assert_stable(default_gamma(Y), Y)
    assert set(errors) == functions
    assert max(errors.values()) < 1e-10


LEARNED = NoiseOutsourced(
    lambda x, v: gram_schmidt(x[..., :3, :].cumsum(-1).mT + v)[0], space((3, 3)), X, regular(G)
)
GAMMAS: dict[str, EquivariantKernel] = {
    "recursive": recursive(haar(G, X), LEARNED),
    "principal axes": gammas.principal_axes(X),
    "of a factor": haar(Cosets(FactorInclusion(Direct(S(5), G), "left")), CLOUD),
    "of the other factor": haar(Cosets(FactorInclusion(Direct(S(5), G), "right")), CLOUD),
    "determinants": haar(Cosets(Inclusion(SO(3), G)), X),
    "gram": gammas.gram(gspace((5, 3), matrix(GL(3)))),
    "centroid": gammas.centroid(gspace((5, 3), affine(E(3)))),
}


@pytest.mark.parametrize("name", GAMMAS)
def test_gammas_of_all_kinds_are_stable(name: str) -> None:
    gamma = GAMMAS[name]
    assert_stable(gamma, gamma.dom)
    assert_stable(lambda k: sym(k, gamma), gamma.dom, seed=1)


FAULTS: dict[str, Callable[[Kernel], Kernel]] = {
    "no inverse": lambda k: ByHand(k, G.haar, X.act, X.act),
    "no action on the input": lambda k: ByHand(k, G.haar, lambda g, x: x, X.act),
    "no action on the output": lambda k: ByHand(k, G.haar, back, lambda g, x: x),
    "two inverses": lambda k: ByHand(k, G.haar, back, back),
    "no elements": lambda k: ByHand(k, lambda *n, **of: 1.01 * G.haar(*n, **of), back, X.act),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_the_actions_are_seen(name: str) -> None:
    with pytest.raises(
        AssertionError,
        match=r"^the procedure is not stable: for the equivariant k\(x\) = the identity a draw of "
        r"sym\(k\) is off by .* of the largest entry; is an inverse missing",
    ):
        assert_stable(FAULTS[name], X)


HIDDEN: dict[str, Callable[[Kernel], Kernel]] = {
    "QR without the signs": lambda k: ByHand(k, raw_qr, back, X.act),
    "SO(3) for O(3)": lambda k: ByHand(k, SO(3).haar, back, X.act),
    "g and its inverse exchanged": lambda k: ByHand(k, G.haar, X.act, back),
    "a gamma that is not equivariant": lambda k: sym(k, declare_equivariant(LEARNED, G)),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_the_law_of_gamma_does_not_matter(name: str) -> None:
    assert set(assert_stable(HIDDEN[name], X)) == THREE


def test_an_involution_is_its_inverse() -> None:
    two = gspace((2, 2), permutation(S(2)))

    def without_inverse(Y: GSpace) -> Callable[[Kernel], Kernel]:
        return lambda k: ByHand(k, Y.group.haar, Y.act, Y.act)

    assert_stable(without_inverse(two), two)
    three = gspace((3, 2), permutation(S(3)))
    with pytest.raises(AssertionError, match="not stable"):
        assert_stable(without_inverse(three), three)


@pytest.mark.parametrize("name", SPACES)
def test_equivariant_functions_are_handed_over(name: str) -> None:
    Y, functions = SPACES[name]
    handed: list[EquivariantKernel] = []

    def keep(k: EquivariantKernel) -> Kernel:
        handed.append(k)
        return k

    assert assert_stable(keep, Y) == dict.fromkeys(functions, 0.0)
    assert len(handed) == len(functions)
    for k in handed if name in {"rotations", "several factors", "unitary"} else ():
        assert_equivariant(k)


def test_functions_keep_the_equations_of_their_space() -> None:
    def keep(k: EquivariantKernel) -> Kernel:
        x = torch.randn(4, 5, 3)
        y = k.sample(x - x.mean(-2, keepdim=True), generator=torch.Generator())
        assert isinstance(y, Tensor)
        assert CentreFree().violation(y).max() < 1e-4
        return k

    assert set(assert_stable(keep, CLOUD)) == THREE


def test_the_function_that_shows_it_is_named() -> None:
    shift, calls = Deterministic(lambda x: x + 1, X, X), iter([False, True])
    with pytest.raises(
        AssertionError, match=r"for the equivariant k\(x\) = x \|x\| for each row a d"
    ):
        assert_stable(lambda k: k >> shift if next(calls) else k, X)


def test_rounding_is_allowed_and_no_more() -> None:
    def off(by: float) -> Callable[[Kernel], Kernel]:
        return lambda k: k >> Deterministic(lambda x: x + by * x.abs().amax(), X, X)

    assert max(assert_stable(off(1e-9 / 2), X).values()) > 1e-10
    with pytest.raises(AssertionError, match="not stable"):
        assert_stable(off(2e-8), X)


def test_weights_are_made_double_in_a_copy() -> None:
    frame = Deterministic(nn.Sequential(nn.Flatten(-2), nn.Linear(15, 9), Frame()), X, regular(G))
    assert set(assert_stable(recursive(haar(G, X), frame), X)) == THREE
    assert {p.dtype for p in frame.parameters()} == {torch.float32}


class Frame(nn.Module):
    def forward(self, m: Tensor) -> Tensor:
        return gram_schmidt(m.unflatten(-1, (3, 3)))[0]


def test_what_says_nothing_is_inconclusive() -> None:
    still = gspace((5, 3), trivial(G))
    zeros = gspace((4,), permutation(S(4), (-1,)), Kind.INTEGER)
    for Y in (still, zeros):
        with pytest.raises(
            InconclusiveError, match=r"moves no point of .* any procedure is stable$"
        ):
            assert_stable(lambda k: k, Y)
    with pytest.raises(InconclusiveError, match="not finite at the identity"):
        assert_stable(lambda k: k >> Deterministic(lambda x: x * math.nan, X, X), X)


def test_a_gamma_must_be_known_to_be_equivariant() -> None:
    with pytest.raises(HypothesisMissing, match="gamma must be equivariant"):
        assert_stable(LEARNED, X)


def test_one_seed_gives_one_result() -> None:
    first, again, other = (assert_stable(haar(G, X), X, seed=seed) for seed in (0, 0, 1))
    assert first == again != other


def test_whoever_listens_is_told_once() -> None:
    told: list[Outcome] = []
    with heard(told.append):
        assert_stable(haar(C(5), regular(C(5))), regular(C(5)))
        assert_stable(GAMMAS["centroid"], GAMMAS["centroid"].dom)
    assert [(one.check, one.verdict.value) for one in told] == [
        ("stability: sym(k) = k", "pass")
    ] * 2
