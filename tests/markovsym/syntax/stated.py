"""What a statement is, and the words to make one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, final

from markovsym.syntax import (
    Acts,
    Arrow,
    Box,
    CosetObject,
    Diagram,
    Equivariant,
    GroupObject,
    Hom,
    Ob,
    Section,
    Theory,
    Ty,
)
from markovsym.syntax.procedures import Symmetry
from markovsym.syntax.theory import Hypothesis, Structure

Sides = tuple[Arrow, Arrow]


@final
@dataclass(frozen=True)
class Statement:
    """``lhs = rhs`` in a theory, and the hypotheses that a proof of it must use."""

    name: str
    lhs: Arrow
    rhs: Arrow
    theory: Theory
    uses: frozenset[Hypothesis]

    def __str__(self) -> str:
        return self.name


def stated(
    name: str,
    sides: Sides,
    uses: Iterable[Hypothesis] = (),
    assumed: Iterable[Structure | Hypothesis] = (),
) -> Statement:
    """A statement; what is assumed and not used must not appear in a proof."""
    lhs, rhs = sides
    used = frozenset(uses)
    return Statement(name, lhs, rhs, Theory(*assumed, *used), used)


def elementwise(dom: Ty, cod: Ty, lhs: Callable[..., Any], rhs: Callable[..., Any]) -> Sides:
    """Two sides written as functions of wires."""
    read = Diagram.from_callable(dom, cod)
    return read(lhs), read(rhs)


def drawing(state: Box, body: Callable[..., Any]) -> Callable[..., Any]:
    """The function that draws from a state and hands it to ``body`` after its wires."""
    return lambda *wires: body(*wires, state())


def stochastic(name: str, dom: Ty, cod: Ty) -> Box:
    """A box with noise."""
    return Box(name, dom, cod)


def deterministic(name: str, dom: Ty, cod: Ty) -> Box:
    """A box without noise."""
    return Box(name, dom, cod, deterministic=True)


def invariant(group: GroupObject) -> Equivariant:
    """That the Haar state of the group is left-invariant."""
    return Equivariant(HAAR[group], group)


def acts(*groups: GroupObject) -> list[Structure]:
    """Actions on all spaces."""
    return [Acts(group, space) for group in groups for space in SPACES]


def over(group: GroupObject | Hom, *boxes: Box) -> list[Hypothesis]:
    """That boxes are equivariant."""
    return [Equivariant(box, group) for box in boxes]


G, H, K, N = (GroupObject(Ob(name)) for name in "GHKN")
X, Y, Z, C, W = (Ob(name) for name in ("X", "Y", "Z", "G/H", "W"))
SPACES = (X, Y, Z)
PHI, CHI = Hom(H, G, "phi"), Hom(G, K, "chi")
COSETS = CosetObject(PHI, C)
S, T = Section(COSETS, "s"), Section(COSETS, "t")
HAAR = {group: stochastic(f"haar {group.carrier}", Ty(), group.type) for group in (G, H, K, N)}
IN_G = Symmetry(G, frozenset({*SPACES, C}))

k = stochastic("k", Ty(X), Ty(Y))
l = stochastic("l", Ty(Y), Ty(Z))
gamma = stochastic("gamma", Ty(X), G.type)
to_cosets = stochastic("gamma", Ty(X), Ty(C))
