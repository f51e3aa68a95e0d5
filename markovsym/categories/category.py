"""What it takes to be a Markov category in which diagrams can be run."""

from collections.abc import Container, Iterable, Mapping
from functools import reduce
from typing import Protocol, TypeVar, runtime_checkable

from torch import Tensor

from markovsym.errors import CompositionError
from markovsym.syntax import Box, Diagram, Ob, Ty

Obj = TypeVar("Obj")
Mor = TypeVar("Mor")


@runtime_checkable
class MarkovCategory(Protocol[Obj, Mor]):
    """Kernels that compose, stand side by side, and whose outputs can be copied and discarded.

    A category is an object, so that it can carry a precision or a number of draws.

    Source:
        Fritz (2020), definition 2.1.
    """

    @property
    def unit(self) -> Obj:
        """I."""
        ...

    def product(self, X: Obj, Y: Obj) -> Obj:
        """X @ Y; strictly associative, with ``unit`` on either side doing nothing."""
        ...

    def dom(self, f: Mor) -> Obj:
        """Where ``f`` starts."""
        ...

    def cod(self, f: Mor) -> Obj:
        """Where ``f`` ends."""
        ...

    def identity(self, X: Obj) -> Mor:
        """X -> X that does nothing."""
        ...

    def compose(self, f: Mor, g: Mor) -> Mor:
        """First ``f``, then ``g``. Raises ``CompositionError`` if they do not fit."""
        ...

    def tensor(self, f: Mor, g: Mor) -> Mor:
        """``f`` beside ``g``, independently."""
        ...

    def swap(self, X: Obj, Y: Obj) -> Mor:
        """X @ Y -> Y @ X."""
        ...

    def copy(self, X: Obj) -> Mor:
        """X -> X @ X."""
        ...

    def discard(self, X: Obj) -> Mor:
        """X -> I."""
        ...

    def is_deterministic(self, f: Mor) -> bool | None:
        """Whether ``f`` commutes with copying; None where that cannot be decided."""
        ...

    def equal(self, f: Mor, g: Mor, tolerance: float = ...) -> bool | None:
        """Whether ``f`` and ``g`` are one kernel; None where that cannot be decided.

        Args:
            f: A kernel.
            g: Another one; False if it has other ends.
            tolerance: How far numbers may be apart; of no account where they are exact.
        """
        ...

    def evaluate(
        self, diagram: Diagram, objects: Mapping[Ob, Obj], boxes: Mapping[Box, Mor]
    ) -> Mor:
        """The kernel that a diagram stands for, found from its whole port graph at once.

        Args:
            diagram: The diagram; equal diagrams give one kernel.
            objects: What each wire carries.
            boxes: What each box does; what no output depends on is not asked for.

        Raises:
            CompositionError: If a wire or a box is missing, or a box has other ends than its
                wires, or is declared deterministic and is not.
        """
        ...


@runtime_checkable
class HasConditionals(MarkovCategory[Obj, Mor], Protocol[Obj, Mor]):
    """A category in which a joint law is a marginal and then a conditional."""

    def conditional(self, f: Mor, cut: int) -> Mor:
        """X @ A -> Y, for ``f``: A -> X @ Y; unique only where the X-marginal of ``f`` has mass.

        Running the X-marginal of ``f``, copying X and running the conditional gives ``f``.

        Args:
            f: The joint law.
            cut: How many output factors of ``f`` are X.

        Raises:
            CompositionError: If ``f`` has fewer outputs than ``cut``.

        Source:
            Fritz (2020), definition 11.5.
        """
        ...


@runtime_checkable
class HasMean(MarkovCategory[Obj, Mor], Protocol[Obj, Mor]):
    """A category whose kernels have a mean."""

    def mean(self, f: Mor) -> Mor:
        """The deterministic kernel that sends x to the mean of ``f`` at x."""
        ...


@runtime_checkable
class HasDensity(MarkovCategory[Obj, Mor], Protocol[Obj, Mor]):
    """A category whose kernels have a density."""

    def log_prob(self, f: Mor, x: Tensor, y: Tensor) -> Tensor:
        """Log density of ``f`` at ``y`` given ``x``, in nats; batch dimensions lead."""
        ...


def inverse(category: HasConditionals[tuple[int, ...], Mor], f: Mor, prior: Mor) -> Mor:
    """Bayes' rule: Y -> X, for ``f``: X -> Y and a prior I -> X.

    Drawing x from the prior and y from ``f`` at x has the law of drawing y from its marginal and x
    from the inverse at y.

    Source:
        Fritz (2020), definition 11.5, with the unit for A; Cho and Jacobs (2019).
    """
    if category.dom(prior) != category.unit:
        raise CompositionError(f"wanted a prior that starts in I, got {prior}")
    X, Y = category.dom(f), category.cod(f)
    both = category.compose(
        category.compose(prior, category.copy(X)), category.tensor(f, category.identity(X))
    )
    return category.conditional(both, len(Y))


def object_of(category: MarkovCategory[Obj, Mor], X: Ty, objects: Mapping[Ob, Obj]) -> Obj:
    """The product of what the wires of ``X`` carry."""
    return reduce(category.product, (objects[ob] for ob in X), category.unit)


def require_interpretation(
    category: MarkovCategory[Obj, Mor],
    diagram: Diagram,
    objects: Mapping[Ob, Obj],
    boxes: Mapping[Box, Mor],
) -> None:
    """Check that every wire and box of a diagram stands for something that fits.

    Raises:
        CompositionError: As ``evaluate`` does.
    """
    used = dict.fromkeys(node.box for node in diagram.nodes)
    rows = [diagram.dom, *(X for box in used for X in (box.dom, box.cod))]
    wires = dict.fromkeys(ob for X in rows for ob in X)
    _require_all("an object for", wires, set(objects))
    _require_all("a morphism for", used, set(boxes))
    for box in used:
        f = boxes[box]
        for verb, X, got in (
            ("start", box.dom, category.dom(f)),
            ("end", box.cod, category.cod(f)),
        ):
            wanted = object_of(category, X, objects)
            if got != wanted:
                raise CompositionError(f"{box} must {verb} in {wanted}, got {got}")
        if box.deterministic and category.is_deterministic(f) is False:
            raise CompositionError(f"{box} is declared deterministic, what it stands for is not")


def require_cut(cod: tuple[int, ...], cut: int) -> None:
    """Raise ``CompositionError`` unless ``cut`` factors can be cut off ``cod``."""
    if not 0 <= cut <= len(cod):
        raise CompositionError(
            f"wanted a cut from 0 to {len(cod)}, the factors of {cod}, got {cut}"
        )


def _require_all(what: str, wanted: Iterable[Ob | Box], got: Container[Ob | Box]) -> None:
    missing = ", ".join(f"{one}" for one in wanted if one not in got)
    if missing:
        raise CompositionError(f"wanted {what} {missing}; none was handed over")
