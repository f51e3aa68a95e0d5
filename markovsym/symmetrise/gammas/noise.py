"""Equivariant gammas times invariant noise: every gamma where some function is one."""

from typing import final

from markovsym.actions import Trivial, regular
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.kernels import Randomness
from markovsym.spaces import Value
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.why import Theorem


@final
class Noisy(EquivariantKernel):
    """x -> gamma(x) u(x), drawn independently; make it with ``with_noise``."""

    def __init__(self, gamma: EquivariantKernel, u: EquivariantKernel) -> None:
        super().__init__(gamma.dom, gamma.cod)
        self.gamma, self.u = gamma, u
        fact = "g gamma(x) u(x) at g x, as u is invariant"
        self.why = Theorem(self.group, fact, (("gamma", gamma.why), ("u", u.why)))

    def draw(self, value: Value, source: Randomness) -> Value:
        """The product of a draw of each."""
        g, u = self.gamma.draw(value, source), self.u.draw(value, source)
        return self.dom.group.multiply(g, u)


def with_noise(gamma: EquivariantKernel, u: EquivariantKernel) -> EquivariantKernel:
    """Gamma: X -> G, multiplied from the right by independent noise whose law no g changes.

    Args:
        gamma: An equivariant kernel X -> G.
        u: An invariant kernel: from X to the space of G under the trivial action.

    Raises:
        CompositionError: If gamma ends in cosets, or u elsewhere than in G with nothing moved.
        HypothesisMissing: If one is not known to be equivariant under the whole group.

    Source:
        Theory of this project, T11.
    """
    G = gamma.dom.group
    if gamma.cod != regular(G):
        raise CompositionError(
            f"wanted gamma that ends in {G}, got one that ends in {cosets_of(gamma)}"
        )
    still = all(isinstance(action, Trivial) for action in u.cod.actions)
    if u.dom != gamma.dom or u.cod.space != G.space or not still:
        raise CompositionError(
            f"wanted noise from ({gamma.dom}) to {G}, which nothing moves there; got noise from "
            f"({u.dom}) to ({u.cod})"
        )
    if gamma.over or u.over:
        raise HypothesisMissing(f"gamma and u must be equivariant under {G}")
    return Noisy(gamma, u)
