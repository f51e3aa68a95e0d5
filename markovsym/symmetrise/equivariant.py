"""Kernels known to be equivariant: the morphisms of C^G."""

from abc import ABC
from collections.abc import Iterator
from typing import final

from markovsym.actions import GSpace
from markovsym.errors import HypothesisMissing
from markovsym.groups import Group
from markovsym.kernels import Composite, Kernel, Parallel, Randomness, Signature
from markovsym.spaces import Value
from markovsym.symmetrise.part import Part, factors, structure
from markovsym.symmetrise.why import Proved, Why
from markovsym.syntax import Arrow, Box, Equivariant, LeftInvariant, NotProved, Proof, Theory, prove
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
        return _joined(self, other, Composite(self, other))

    def tensor(self, other: Kernel) -> Kernel:
        """This kernel beside ``other``, independently; equivariant if both are."""
        return _joined(self, other, Parallel(self, other))

    __rshift__ = then
    __matmul__ = tensor


@final
class Joined(EquivariantKernel):
    """Two equivariant kernels in a row or side by side."""

    def __init__(
        self, whole: Composite | Parallel, one: EquivariantKernel, other: EquivariantKernel
    ) -> None:
        super().__init__(whole.dom, whole.cod)
        self.whole = whole
        self.group = one.group
        self.deterministic = whole.deterministic
        signature = Signature()
        f, g = signature.box(one), signature.box(other)
        joined = f >> g if isinstance(whole, Composite) else f @ g
        self.why = proved(joined, signature, factors(self.group), self.group)

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of both."""
        return self.whole.draw(value, source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """That of both."""
        return self.whole.diagram_in(signature)


def _joined(one: EquivariantKernel, other: Kernel, whole: Composite | Parallel) -> Kernel:
    if isinstance(other, EquivariantKernel) and other.group == one.group == one.dom.group:
        return Joined(whole, one, other)
    return whole


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
) -> Iterator[Equivariant | LeftInvariant]:
    match kernel:
        case EquivariantKernel():
            whole = kernel.group == group
            yield from (
                Equivariant(box, p.object) for p in parts if whole or kernel.group == p.group
            )
        case InvariantState():
            yield from (LeftInvariant(box, p.object) for p in parts if p.object.type == box.cod)
        case _:
            return
