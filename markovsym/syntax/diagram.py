"""String diagrams of a free Markov category, as port graphs.

A wire is a number: input i is ~i, so -1, -2, ..., and the outputs of the nodes are 0, 1, 2, ... To
copy is to use a wire twice, to swap is to use wires in another order, to discard is not to use a
wire; so these are no nodes. There is no merge, no dagger, no trace and no sum.

Source:
    Fritz and Liang (2023), free gs-monoidal and free Markov categories; DisCoPy for the words.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, final

from markovsym.errors import CompositionError
from markovsym.syntax.normal import canonical
from markovsym.syntax.types import Ty
from markovsym.syntax.wire import Use, Wire, now, read


class Arrow(ABC):
    """A box or a diagram: whatever composes."""

    dom: Ty
    cod: Ty

    @property
    @abstractmethod
    def diagram(self) -> "Diagram":
        """The diagram of it."""

    def then(self, other: "Arrow") -> "Diagram":
        """This and then ``other``; also written ``self >> other``.

        Raises:
            CompositionError: If this does not end where ``other`` starts; it names the port.
        """
        if self.cod != other.dom:
            raise CompositionError(_misfit(self, other))
        f, g = self.diagram, other.diagram
        nodes, outputs = g.moved(f.outputs, f.size)
        return Diagram(f.dom, g.cod, f.nodes + nodes, outputs)

    def tensor(self, other: "Arrow") -> "Diagram":
        """This beside ``other``; also written ``self @ other``."""
        f, g = self.diagram, other.diagram
        width = len(f.dom)
        nodes, outputs = g.moved(tuple(~(width + i) for i in range(len(g.dom))), f.size)
        return Diagram(f.dom @ g.dom, f.cod @ g.cod, f.nodes + nodes, f.outputs + outputs)

    __rshift__ = then
    __matmul__ = tensor

    def __call__(self, *wires: Wire) -> Any:
        """Write this down on wires, in a function that ``Diagram.from_callable`` reads.

        Returns:
            The output wire; a tuple of them if there is not exactly one.

        Raises:
            CompositionError: If the wires are not those of ``dom``.
        """
        _require_types(f"{self} is handed", wires, self.dom)
        held = {~i: wire for i, wire in enumerate(wires)}
        for box, inputs, first in self.diagram.nodes:
            use = Use(box, tuple(held[wire] for wire in inputs))
            held |= {first + port: Wire(ob, use, port) for port, ob in enumerate(box.cod)}
        outputs = tuple(held[wire] for wire in self.diagram.outputs)
        return outputs[0] if len(outputs) == 1 else outputs


@final
@dataclass(frozen=True)
class Box(Arrow):
    """A generator. Boxes are equal if name, types and flag are.

    Args:
        name: What is written on it.
        dom: Its inputs, in order.
        cod: Its outputs, in order.
        deterministic: Whether it commutes with copying: f ; copy = copy ; (f @ f).
    """

    name: str
    dom: Ty
    cod: Ty
    deterministic: bool = False

    @property
    def diagram(self) -> "Diagram":
        """The box with a wire on each port."""
        node = Node(self, inputs_of(self.dom), 0)
        return Diagram(self.dom, self.cod, (node,), tuple(range(len(self.cod))))

    def __hash__(self) -> int:
        return hash(self.name)  # types are looked at only if names agree

    def __str__(self) -> str:
        return f"{self.name} : {self.dom} -> {self.cod}"


class Node(NamedTuple):
    """A box, the wires it reads, and the first of the wires it writes."""

    box: Box
    inputs: tuple[int, ...]
    first: int


@final
@dataclass(frozen=True, eq=False)
class Diagram(Arrow):
    """A diagram; ``==`` is equality in the free Markov category: discard is natural, copy is not.

    A diagram of one box alone is equal to the box.

    Make one from boxes with ``>>`` and ``@``, or with ``diagram``; the constructor checks nothing.

    Args:
        dom: The input wires.
        cod: The output wires.
        nodes: Boxes with their wires, each after those it reads from.
        outputs: The wires that go out, in order.

    Example:
        >>> X, Y = Ty("X"), Ty("Y")
        >>> f = Box("f", X, Y)
        >>> f >> Diagram.discard(Y) == Diagram.discard(X)
        True
        >>> f >> Diagram.copy(Y) == Diagram.copy(X) >> f @ f
        False
    """

    dom: Ty
    cod: Ty
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]

    @property
    def diagram(self) -> "Diagram":
        """The diagram itself."""
        return self

    @property
    def size(self) -> int:
        """The number of wires that the nodes write."""
        return self.nodes[-1].first + len(self.nodes[-1].box.cod) if self.nodes else 0

    @property
    def types(self) -> Ty:
        """What the wires carry: those that come in, then those that the nodes write."""
        return Ty(*self.dom, *(ob for node in self.nodes for ob in node.box.cod))

    def moved(
        self, inputs: tuple[int, ...], first: int
    ) -> tuple[tuple[Node, ...], tuple[int, ...]]:
        """Nodes and outputs, reading these wires instead of the inputs and writing from ``first``.

        Args:
            inputs: One wire for each input.
            first: The first wire to write.
        """

        def names(wires: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(inputs[~wire] if wire < 0 else wire + first for wire in wires)

        nodes = tuple(Node(box, names(wires), first + at) for box, wires, at in self.nodes)
        return nodes, names(self.outputs)

    @cached_property
    def normal(self) -> "Diagram":
        """The equal diagram with dead boxes dropped, deterministic ones shared, in one order."""
        nodes, outputs = canonical(self.nodes, self.outputs)
        return Diagram(self.dom, self.cod, tuple(Node(*node) for node in nodes), outputs)

    def __eq__(self, other: object) -> bool:
        match other:
            case Diagram():
                return _content(self.normal) == _content(other.normal)
            case Box():
                return _content(self.normal) == _content(other.diagram)
            case _:
                return NotImplemented

    def __hash__(self) -> int:
        match self.normal.nodes:
            case (Node(box),) if self == box:
                return hash(box)
            case _:
                return hash(_content(self.normal))

    def permute(self, *order: int) -> "Diagram":
        """The same with its outputs in another order: output i is what was ``order[i]``.

        Raises:
            CompositionError: If ``order`` is no permutation of the outputs.
        """
        if sorted(order) != list(range(len(self.cod))):
            raise CompositionError(f"wanted an order of {len(self.cod)} outputs, got {order}")
        return self.marginal(*order)

    def marginal(self, *ports: int) -> "Diagram":
        """The same with these outputs only; the others are discarded.

        Raises:
            CompositionError: If there is no such output.
        """
        if any(not 0 <= port < len(self.cod) for port in ports):
            raise CompositionError(f"wanted outputs below {len(self.cod)}, got {ports}")
        cod = Ty(*(self.cod.obs[port] for port in ports))
        return Diagram(self.dom, cod, self.nodes, tuple(self.outputs[port] for port in ports))

    @staticmethod
    def from_callable(dom: Ty, cod: Ty) -> Callable[[Callable[..., Any]], "Diagram"]:
        """Read a diagram off a function of wires; what no output depends on is left out.

        Args:
            dom: The wires that the function is handed.
            cod: The wires that it returns: one, or a tuple.

        Raises:
            CompositionError: If it returns other wires.

        Example:
            >>> X, Y = Ty("X"), Ty("Y")
            >>> f, g = Box("f", X, Y), Box("g", Y @ X, Y)
            >>> @Diagram.from_callable(X, Y)
            ... def both(x):
            ...     return g(f(x), x)
            >>> both == Diagram.copy(X) >> f @ Diagram.id(X) >> g
            True
        """

        def made(body: Callable[..., Any]) -> Diagram:
            inputs, since = [Wire(ob) for ob in dom], now()
            found = body(*inputs)
            outputs = found if isinstance(found, tuple) else (found,)
            _require_types("the function returns", outputs, cod)
            nodes, numbers = read(inputs, outputs, since)
            return Diagram(dom, cod, tuple(Node(*node) for node in nodes), numbers)

        return made

    @staticmethod
    def id(X: Ty) -> "Diagram":
        """X -> X that does nothing."""
        return Diagram(X, X, (), inputs_of(X))

    @staticmethod
    def copy(X: Ty, n: int = 2) -> "Diagram":
        """X -> X @ ... @ X, ``n`` times."""
        return Diagram(X, Ty(*X.obs * n), (), inputs_of(X) * n)

    @staticmethod
    def discard(X: Ty) -> "Diagram":
        """X -> I."""
        return Diagram(X, Ty(), (), ())

    @staticmethod
    def swap(X: Ty, Y: Ty) -> "Diagram":
        """X @ Y -> Y @ X."""
        wires = inputs_of(X @ Y)
        return Diagram(X @ Y, Y @ X, (), wires[len(X) :] + wires[: len(X)])

    def __str__(self) -> str:
        boxes = ", ".join(node.box.name for node in self.nodes)
        return f"{self.dom} -> {self.cod} of [{boxes}]"


def _misfit(f: Arrow, g: Arrow) -> str:
    pairs = enumerate(zip(f.cod, g.dom, strict=False))
    port = next((i for i, (a, b) in pairs if a != b), min(len(f.cod), len(g.dom)))
    ends = f.cod.obs[port] if port < len(f.cod) else "nothing"
    starts = g.dom.obs[port] if port < len(g.dom) else "nothing"
    return f"at wire {port} the first ends in {ends}, the next wants {starts}: ({f}) >> ({g})"


def inputs_of(X: Ty) -> tuple[int, ...]:
    """The wires that come in with type ``X``."""
    return tuple(~i for i in range(len(X)))


def _require_types(what: str, wires: tuple[object, ...], wanted: Ty) -> None:
    strangers = [wire for wire in wires if not isinstance(wire, Wire)]
    if strangers:
        raise CompositionError(f"{what} {type(strangers[0]).__name__}; wanted wires of {wanted}")
    got = Ty(*(wire.ob for wire in wires if isinstance(wire, Wire)))
    if got != wanted:
        raise CompositionError(f"{what} wires of {got}, wanted {wanted}")


def _content(d: Diagram) -> tuple[Ty, Ty, tuple[Node, ...], tuple[int, ...]]:
    return d.dom, d.cod, d.nodes, d.outputs
