"""Where in a space a gamma finds what the group moves."""

from collections.abc import Callable
from typing import TypeVar, final

from torch import Tensor

from markovsym.actions import Action, GSpace, coset_space, restricted
from markovsym.errors import CompositionError
from markovsym.groups import Cosets, Homomorphism
from markovsym.kernels import Deterministic
from markovsym.spaces import Value
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.why import Theorem

A = TypeVar("A", bound=Action)


@final
class At:
    """A function of one tensor of a value, as a function of all its tensors."""

    def __init__(self, function: Callable[[Tensor], Value], place: int) -> None:
        self.function = function
        self.place = place

    def __call__(self, *parts: Tensor) -> Value:
        """The function at that tensor."""
        return self.function(parts[self.place])


def moved(X: GSpace, phi: Homomorphism, kind: type[A]) -> tuple[int, A]:
    """The first tensor of X that H moves in a certain way, along phi: H -> G, and the action.

    Raises:
        CompositionError: If there is none.
    """
    place = 0
    for block in X.blocks:
        action = restricted(block.action, phi)
        if isinstance(action, kind):
            return place, action
        place += len(block.space.factors)
    raise CompositionError(
        f"wanted a space in which {phi.dom} acts as {kind.__name__} does, got ({X})"
    )


def known(name: str, function: At, X: GSpace, cosets: Cosets, fact: str) -> Known:
    """Gamma that is a function of one tensor, equivariant by a theorem."""
    kernel = Deterministic(function, X, coset_space(cosets))
    return Known(kernel, None, Theorem(cosets.group, fact), name)
