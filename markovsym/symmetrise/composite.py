"""Two procedures in a row as one gamma, and gamma lifted from cosets to elements."""

from typing import final

from torch import Tensor

from markovsym.actions import GSpace, coset_space, regular, restrict
from markovsym.errors import ActionMismatch, HypothesisMissing
from markovsym.groups import Cosets, Homomorphism, require_compact
from markovsym.kernels import Deterministic, Randomness
from markovsym.spaces import Value, value_of
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.equivariant import Derived, EquivariantKernel
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.sym import sym
from markovsym.symmetrise.why import Theorem


@final
class Unrestricted(EquivariantKernel):
    """A kernel between spaces of H, seen between the spaces of G that they are restrictions of.

    Args:
        kernel: An H-equivariant kernel.
        dom: A space of G whose restriction along ``over`` the kernel starts in.
        cod: A space of G whose restriction it ends in.
        over: H -> G.

    Raises:
        ActionMismatch: If the restrictions are others.
        HypothesisMissing: If the kernel is known to be equivariant under a part of H only.
    """

    def __init__(
        self, kernel: EquivariantKernel, dom: GSpace, cod: GSpace, over: Homomorphism
    ) -> None:
        super().__init__(dom, cod)
        if kernel.over:
            raise HypothesisMissing(
                f"the kernel must be equivariant under {over.dom}, it is known to be so under "
                f"{kernel.group}"
            )
        for X, wanted in ((kernel.dom, restrict(dom, over)), (kernel.cod, restrict(cod, over))):
            if wanted != X:
                raise ActionMismatch(f"wanted a kernel between restrictions, such as ({wanted})")
        self.kernel = kernel
        self.over = over
        self.why = kernel.why
        self.deterministic = kernel.deterministic

    @property
    def label(self) -> str:
        """That of the kernel."""
        return self.kernel.label

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, source)


def composite(outer: EquivariantKernel, inner: EquivariantKernel) -> EquivariantKernel:
    """The one gamma: X -> G/H whose symmetrisation is that by ``inner`` and then by ``outer``.

    It draws g from ``outer`` at x, u from ``inner`` at g^-1 x, and gives g u.

    Args:
        outer: X -> G/K, for K -> G; equivariant under G.
        inner: X -> K/H, for H -> K, on X restricted to K; equivariant under K.

    Raises:
        ActionMismatch: If ``inner`` does not start in the restriction of X.
        HypothesisMissing: If one of the two is not known to be equivariant.

    Source:
        Cornish (2024), compositionality; theory of this project, T9.
    """
    above, below = cosets_of(outer), cosets_of(inner)
    if below.group != above.stabiliser:
        raise ActionMismatch(f"outer is along {above.stabiliser}, inner of {below.group}")
    if inner.over:
        raise HypothesisMissing(f"inner must be equivariant under {below.group}")
    whole = Cosets(below.phi >> above.phi)
    K, G = coset_space(below), coset_space(whole)
    include = Known(
        Deterministic(_Include(below, above.phi, whole), K, restrict(G, above.phi)),
        None,
        Theorem(below.group, "cosets of K are sent to cosets of G by a homomorphism"),
    )
    step = Unrestricted(Derived(inner >> include), outer.dom, G, above.phi)
    return sym(step, outer)


@final
class _Include:
    """K/H -> G/H, the coset of u going to that of phi(u)."""

    def __init__(self, below: Cosets, phi: Homomorphism, whole: Cosets) -> None:
        self.below, self.phi, self.whole = below, phi, whole

    def __call__(self, *coset: Tensor) -> Value:
        u = self.below.section(value_of(coset))
        return self.whole.project(self.phi(u))


@final
class StochasticSection(EquivariantKernel):
    """G/H -> G, a coset going to a random element of it: s(c) phi(h), with h drawn from Haar of H.

    Unlike a deterministic section it is equivariant.

    Raises:
        NotCompactError: If H has no Haar probability measure.

    Source:
        Theory of this project, T17.
    """

    def __init__(self, cosets: Cosets) -> None:
        super().__init__(coset_space(cosets), regular(cosets.group))
        require_compact(cosets.stabiliser)
        self.cosets = cosets
        self.why = Theorem(cosets.group, "phi(h) takes up what the section is off by")

    def draw(self, value: Value, source: Randomness) -> Value:
        """A random element of the coset."""
        return self.cosets.lift(value, generator=source.generator)


def lifted(gamma: EquivariantKernel) -> EquivariantKernel:
    """X -> G from gamma: X -> G/H with compact H, so that any kernel may be symmetrised with it.

    Raises:
        NotCompactError: If H has no Haar probability measure.

    Source:
        Theory of this project, T17.
    """
    cosets = cosets_of(gamma)
    if cosets.plain and not cosets.inclusion:
        return gamma
    return Derived(gamma >> StochasticSection(cosets))
