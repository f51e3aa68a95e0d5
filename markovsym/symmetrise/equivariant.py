"""Kernels known to be equivariant: the morphisms of C^G."""

from abc import ABC
from collections.abc import Iterator
from typing import final

from markovsym.actions import GSpace
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.groups import Group, Homomorphism
from markovsym.kernels import Composite, Kernel, Parallel, Randomness, Signature
from markovsym.spaces import Value
from markovsym.symmetrise.setting import Setting, whole
from markovsym.symmetrise.why import Proved, Why
from markovsym.syntax import Arrow, Box, Equivariant, NotProved, Proof, Theory, prove
from markovsym.syntax.procedures import equivariance


class EquivariantKernel(Kernel, ABC):
    """A kernel with ``k(g x) = g k(x)`` in law, for all g of the group that acts on its ends.

    With ``over``, it is so for the g in the image of that homomorphism only. In a row with, or
    beside, another one of the same group it makes a third. That narrows what ``then`` and
    ``tensor`` give for any two kernels, so they are overridden here.
    """

    dom: GSpace
    cod: GSpace
    why: Why
    over: Homomorphism | None = None
    """H -> G, if it is known to be equivariant under H only."""

    @property
    def group(self) -> Group:
        """G, or H: under which it is equivariant."""
        return self.over.dom if self.over else self.dom.group

    def then(self, other: Kernel) -> Kernel:
        """This kernel followed by ``other``; equivariant if both are."""
        whole = Composite(self, other)
        return Derived(whole) if _alike(self, other) else whole

    def tensor(self, other: Kernel) -> Kernel:
        """This kernel beside ``other``, independently; equivariant if both are."""
        whole = Parallel(self, other)
        return Derived(whole) if _alike(self, other) else whole

    __rshift__ = then
    __matmul__ = tensor


@final
class Derived(EquivariantKernel):
    """A kernel that is equivariant because of the kernels it is made of.

    Raises:
        HypothesisMissing: If what is known of them is not enough.
    """

    def __init__(self, kernel: Kernel) -> None:
        dom, cod = ends(kernel)
        super().__init__(dom, cod)
        self.kernel = kernel
        self.deterministic = kernel.deterministic
        signature = Signature(along=self.group)
        self.why = proved(kernel.diagram_in(signature), signature, whole(dom.group))

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """That of the kernel; one box in a proof about the whole group."""
        if signature.along == self.group:
            return signature.box(self)
        return self.kernel.diagram_in(signature)


class InvariantState(Kernel, ABC):
    """A state of cosets whose law no element of G changes."""


def proved(arrow: Arrow, signature: Signature, setting: Setting) -> Proved:
    """Prove a diagram equivariant from what is known of its kernels.

    Args:
        arrow: The diagram.
        signature: The kernels behind its boxes.
        setting: The group.

    Raises:
        HypothesisMissing: If what is known is not enough.
    """
    diagram, group = arrow.diagram, setting.group
    wires = dict.fromkeys(diagram.types)
    known = [one for box, k in signature.kernels.items() for one in _known(box, k, setting)]
    theory = Theory(*setting.structure(wires), *known)
    sides = (equivariance(diagram, setting.symmetry(part, wires)) for part in setting.parts)
    found = [prove(left, right, theory) for left, right in sides]
    for result in found:
        if isinstance(result, NotProved):
            raise HypothesisMissing(f"not known to be equivariant under {group}: {result.reason}")
    proofs = tuple(result for result in found if isinstance(result, Proof))
    used = {one.box for proof in proofs for one in proof.hypotheses if isinstance(one, Equivariant)}
    because = [(box, k) for box, k in signature.kernels.items() if box in used]
    return Proved(
        group,
        proofs,
        tuple((b.name, k.why) for b, k in because if isinstance(k, EquivariantKernel)),
    )


def _known(box: Box, kernel: object, setting: Setting) -> Iterator[Equivariant]:
    match kernel:
        case EquivariantKernel(over=phi):
            yield from (Equivariant(box, one) for one in setting.over(phi))
        case InvariantState():
            yield from (Equivariant(box, one) for one in setting.over(None))
        case _:
            return


def ends(kernel: Kernel) -> tuple[GSpace, GSpace]:
    """Where ``kernel`` starts and ends; ``CompositionError`` unless one group acts on both."""
    dom, cod = kernel.dom, kernel.cod
    if isinstance(dom, GSpace) and isinstance(cod, GSpace) and dom.group == cod.group:
        return dom, cod
    raise CompositionError(
        f"wanted a kernel between spaces with actions of one group, got ({dom}) and ({cod}); make "
        "both with gspace"
    )


def _alike(one: EquivariantKernel, other: Kernel) -> bool:
    whole = isinstance(other, EquivariantKernel) and one.over is None and other.over is None
    return whole and one.group == other.group
