"""Models as functions of points and of noise, in each precision."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.kernels import Deterministic, Kernel, Randomness
from markovsym.spaces import Value, parts_of, value_of
from markovsym.testing.inputs.points import points
from markovsym.testing.law.invariant_law import end_of
from markovsym.testing.outcome import InconclusiveError, NotApplicableError
from markovsym.testing.pointwise.functions import Function, cast, drawing, function_of
from markovsym.testing.pointwise.gaps import gap_between
from markovsym.testing.pointwise.outsourced import outsourced
from markovsym.testing.subject import Model, device_of, kernel_of


@final
@dataclass(frozen=True, eq=False)
class Coupling:
    """A function of points and noise, in each precision, and the law of the noise."""

    function: Callable[[torch.dtype], Function]
    """By precision; it is handed one tensor for each factor of X, then of the noise."""
    X: GSpace
    """Where the points lie."""
    Y: GSpace
    """Where the values lie."""
    noise: Kernel
    """The law of the noise."""

    @property
    def start(self) -> GSpace:
        """Where the function starts: the points beside the noise."""
        return self.X @ end_of(self.noise)

    def points(self, count: int, generator: torch.Generator) -> Value:
        """Points and noise in double precision; the noise tells which sizes the points have."""
        u = self.noise.draw((), Randomness(generator, (count,), torch.float64))
        _, sizes = self.noise.cod.space.measure(u)
        x = points(self.X, count, generator=generator, sizes=sizes)
        return cast(value_of(parts_of(x) + parts_of(u)), torch.float64)


def coupling_of(model: Model, X: GSpace | None, Y: GSpace | None, noise: Kernel | None) -> Coupling:
    """The model as such a function: rewritten if it is a kernel, itself if the noise is known.

    Raises:
        CompositionError: If nobody says where the function starts.
        NotApplicableError: If it is not known which noise the model draws.
    """
    if noise is None:
        return _rewritten(model, X, Y)
    if X is None or isinstance(model, Kernel):
        raise CompositionError(
            "wanted a function of the input and of the noise, and the space in which it starts, as "
            "in X = gspace((20, 3), matrix(O(3))); a kernel brings its own noise"
        )
    kernel = kernel_of(model, X @ end_of(noise), Y or X)
    return Coupling(lambda dtype: function_of(kernel, dtype), X, Y or X, noise)


def _rewritten(model: Model, X: GSpace | None, Y: GSpace | None) -> Coupling:
    if not isinstance(model, Kernel):
        raise NotApplicableError(
            "it is not known which noise the model draws; hand over a function of the input and of "
            "the noise, with noise = haar_noise(O(3)) or another law"
        )
    form = outsourced(model)
    if X not in (None, form.X) or Y not in (None, form.Y):
        raise CompositionError(
            f"the kernel goes from ({form.X}) to ({form.Y}), by its own word; got the spaces ({X}) "
            f"and ({Y})"
        )

    def function(dtype: torch.dtype) -> Function:
        copied = copy.deepcopy(model)
        copied = copied.double() if dtype == torch.float64 else copied.float()
        whole = Deterministic(outsourced(copied).function, form.X @ form.noise_space, form.Y)
        rng = torch.Generator(device_of(copied))  # nothing is drawn from it
        return drawing(whole, lambda: rng)

    return Coupling(function, form.X, form.Y, form.noise)


def require_function(f: Function, z: Value) -> None:
    """Check that points and noise fix the value, and that it is another where they are others.

    Raises:
        NotApplicableError: If the model draws more than the noise.
        InconclusiveError: If it gives one value everywhere, or is not finite.
    """
    found, again = f(*parts_of(z)), f(*parts_of(z))
    if not gap_between(again, found, "the identity", torch.float64).passes:
        raise NotApplicableError(
            "two calls at one point and one noise give two values: the model draws more than the "
            "noise that it is handed"
        )
    if all(bool((part == part[:1]).all()) for part in parts_of(found)):
        raise InconclusiveError("the model gives one value everywhere; give its layers weights")
