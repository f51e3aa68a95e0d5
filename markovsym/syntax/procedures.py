"""Symmetrisation procedures, each written once, as a diagram.

``gamma`` always is X -> G/H. Wires are acted on by their own actions, several at once by the
diagonal action; see ``Symmetry``.
"""

from dataclasses import dataclass
from typing import Any, final

from markovsym.syntax.diagram import Arrow, Diagram
from markovsym.syntax.theory import GroupObject, Semidirect
from markovsym.syntax.types import Ob, Ty


@final
@dataclass(frozen=True)
class Symmetry:
    """A group and the objects it acts on: what an object of C^G adds to one of C.

    Args:
        group: G.
        acted: The objects with an action of G besides G itself; any other wire stays as it is.
        twisted: The product N x| G, if elements of N are to be moved too, by rho.
    """

    group: GroupObject
    acted: frozenset[Ob]
    twisted: Semidirect | None = None

    def act(self, X: Ty) -> Diagram:
        """G @ X -> X, the diagonal action."""

        @Diagram.from_callable(self.group.type @ X, X)
        def action(g: Any, *x: Any) -> Any:
            return tuple(self._moved(g, wire) for wire in x)

        return action

    def _moved(self, g: Any, wire: Any) -> Any:
        if self.twisted and wire.ob == self.twisted.normal.carrier:
            return self.twisted.rho(g, wire)
        moves = wire.ob == self.group.carrier or wire.ob in self.acted
        return self.group.act(wire.ob)(g, wire) if moves else wire


def equivariance(k: Arrow, G: Symmetry) -> tuple[Diagram, Diagram]:
    """Both sides of k(g.x) = g.k(x), as diagrams G @ X -> Y.

    Source:
        Cornish (2024), definition of C^G.
    """
    left = G.act(k.dom) >> k
    right = Diagram.id(G.group.type) @ k >> G.act(k.cod)
    return left, right


def sym(k: Arrow, gamma: Arrow, G: Symmetry, section: Arrow | None = None) -> Diagram:
    """X -> g.k(g^-1.x), with c drawn from gamma(x) and g = s(c).

    Args:
        k: X -> Y.
        gamma: X -> G/H; X -> G if H is trivial.
        G: The group and what it acts on.
        section: s: G/H -> G; the identity, and not needed, if H is trivial.

    Source:
        Cornish (2024), section 5; theory of this project, T5.
    """
    inverse = G.group.inverse

    @Diagram.from_callable(k.dom, k.cod)
    def symmetrised(*x: Any) -> Any:
        g = gamma(*x) if section is None else section(gamma(*x))
        moved = _several(G.act(k.dom)(inverse(g), *x))
        return G.act(k.cod)(g, *_several(k(*moved)))

    return symmetrised


def recursive(base: Arrow, learned: Arrow, G: Symmetry, section: Arrow | None = None) -> Diagram:
    """Gamma = sym(learned, base): g0 from the base at x, g1 learned at g0^-1.x, and g0 g1.

    Args:
        base: X -> G/H, the simpler gamma.
        learned: X -> G/H, any; H-equivariant if H is not trivial.
        G: The group and what it acts on, its cosets included.
        section: s: G/H -> G.

    Source:
        Cornish (2024), section 6; SymDiff (Zhang et al., 2025), equation 7.
    """
    return sym(learned, base, G, section)


def curried(k: Arrow, G: Symmetry) -> Diagram:
    """The equivariant G @ X -> Y that sends (g, x) to g.k(g^-1.x).

    Source:
        Cornish (2024), the bijection behind every procedure; theory of this project, T1.
    """

    @Diagram.from_callable(G.group.type @ k.dom, k.cod)
    def sharp(g: Any, *x: Any) -> Any:
        moved = _several(G.act(k.dom)(G.group.inverse(g), *x))
        return G.act(k.cod)(g, *_several(k(*moved)))

    return sharp


def uncurried(m: Arrow, G: Symmetry) -> Diagram:
    """X -> m(e, x), the inverse of ``curried`` on equivariant m: G @ X -> Y."""
    return G.group.unit @ Diagram.id(m.dom[1:]) >> m


def discarding(state: Arrow, X: Ty) -> Diagram:
    """The constant gamma: X is discarded and the state drawn."""
    return Diagram.discard(X) >> state


def _several(wires: Any) -> tuple[Any, ...]:
    return wires if isinstance(wires, tuple) else (wires,)
