"""Kernels known to be equivariant: the morphisms of C^G."""

from abc import ABC
from collections.abc import Iterator
from typing import final

from markovsym.actions import GSpace
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.groups import Group
from markovsym.kernels import Composite, Kernel, Parallel, Randomness, Signature
from markovsym.spaces import Value
from markovsym.symmetrise.part import Part, factors, structure
from markovsym.symmetrise.why import Proved, Why
from markovsym.syntax import Arrow, Box, Equivariant, NotProved, Proof, Theory, prove
from markovsym.syntax.procedures import equivariance


class EquivariantKernel(Kernel, ABC):
    """A kernel with ``k(g x) = g k(x)`` in law, for all g of ``group``.

    In a row with, or beside, another one of the same group it makes a third. That narrows what
    ``then`` and ``tensor`` give for any two kernels, so they are overridden here.
    """

    dom: GSpace
    cod: GSpace
    group: Group
    why: Why

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
        self.group = dom.group
        self.deterministic = kernel.deterministic
        signature = Signature(along=self.group)
        self.why = proved(kernel.diagram_in(signature), signature, factors(dom.group), dom.group)

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """That of the kernel; one box in a proof about the whole group."""
        if signature.along == self.group:
            return signature.box(self)
        return self.kernel.diagram_in(signature)


class InvariantState(Kernel, ABC):
    """A state of G/H, written as representatives, that those do not change from the left."""

    group: Group


def proved(arrow: Arrow, signature: Signature, parts: tuple[Part, ...], group: Group) -> Proved:
    """Prove a diagram equivariant from what is known of its kernels.

    Args:
        arrow: The diagram.
        signature: The kernels behind its boxes.
        parts: The group, or the factors of it as a direct product.
        group: The group.

    Raises:
        HypothesisMissing: If what is known is not enough.
    """
    diagram = arrow.diagram
    wires = dict.fromkeys(diagram.types)
    known = [one for box, k in signature.kernels.items() for one in _known(box, k, parts, group)]
    theory = Theory(*structure(parts, wires), *known)
    found = [prove(*equivariance(diagram, part.symmetry(wires)), theory) for part in parts]
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


def _known(
    box: Box, kernel: object, parts: tuple[Part, ...], group: Group
) -> Iterator[Equivariant]:
    match kernel:
        case EquivariantKernel():
            whole = kernel.group == group
            yield from (
                Equivariant(box, p.object) for p in parts if whole or kernel.group == p.group
            )
        case InvariantState():
            yield from (Equivariant(box, p.object) for p in parts if p.object.type == box.cod)
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
    return isinstance(other, EquivariantKernel) and other.group == one.group == one.dom.group
