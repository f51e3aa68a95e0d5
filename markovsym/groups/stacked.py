"""The cosets of H -> K -> G, by those of K in G and of H in K."""

from dataclasses import dataclass
from typing import final

from markovsym.groups.group import Element
from markovsym.groups.homomorphism import Embedding, Homomorphism, InTurn
from markovsym.groups.product import alike, pair
from markovsym.groups.writing import Coset, Writing
from markovsym.spaces import Space, parts_of, value_of


@final
@dataclass(frozen=True)
class Stacked(Writing):
    """G/H as pairs of a coset c of K in G and a coset u of H in K: that of s(c) phi(k), u = k H.

    Args:
        phi: K -> G, an embedding.
        outer: How G/K is written; s is its section.
        inner: How K/H is written.
    """

    phi: Homomorphism
    outer: Writing
    inner: Writing

    @property
    def space(self) -> Space:
        """The product of both spaces."""
        return self.outer.space @ self.inner.space

    def project(self, g: Element) -> Coset:
        """The coset of ``g`` in G/K, and that of what it is off its representative by."""
        G, c = self.phi.cod, self.outer.project(g)
        off = G.multiply(G.inverse(alike(self.outer.section(c), g)), g)
        return pair(c, self.inner.project(back(self.phi, off)))

    def section(self, coset: Coset) -> Element:
        """The product of the elements that represent both."""
        c, u = self._split(coset)
        g, h = self.outer.section(c), self.phi(self.inner.section(u))
        return self.phi.cod.multiply(alike(g, coset), alike(h, coset))

    def act(self, g: Element, coset: Coset) -> Coset:
        """``g`` moves c, and s(g c)^-1 g s(c), which lies in K, moves u."""
        G, (c, u) = self.phi.cod, self._split(coset)
        moved = self.outer.act(g, c)
        here, there = (alike(self.outer.section(one), g) for one in (c, moved))
        step = G.multiply(G.inverse(there), G.multiply(g, here))
        return pair(moved, self.inner.act(back(self.phi, step), u))

    def _split(self, coset: Coset) -> tuple[Coset, Coset]:
        cut, parts = len(self.outer.space.factors), parts_of(coset)
        return value_of(parts[:cut]), value_of(parts[cut:])


def can_go_back(phi: Homomorphism) -> bool:
    """Whether it is an embedding, or several in a row."""
    match phi:
        case InTurn(first, second):
            return can_go_back(first) and can_go_back(second)
        case _:
            return isinstance(phi, Embedding)


def back(phi: Homomorphism, g: Element) -> Element:
    """The element that an embedding, or several in a row, send to ``g``."""
    match phi:
        case InTurn(first, second):
            return back(first, back(second, g))
        case Embedding():
            return phi.back(g)
        case _:
            raise TypeError(f"{phi} is not known to be injective")
