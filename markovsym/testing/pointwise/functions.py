"""Kernels as functions in a precision, and what such functions are tried on."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.groups.enumeration import each
from markovsym.kernels import Kernel
from markovsym.spaces import Value, value_of
from markovsym.testing.inputs.cases import Elements
from markovsym.testing.inputs.named import Named, named_elements, sized
from markovsym.testing.seeds import derived
from markovsym.testing.subject import device_of

Function = Callable[..., Value]


def function_of(kernel: Kernel, dtype: torch.dtype) -> Function:
    """A copy of a kernel in a precision, as a function."""
    copied = copy.deepcopy(kernel)
    copied = copied.double() if dtype == torch.float64 else copied.float()
    rng = derived("draws", device=device_of(copied))
    return drawing(copied, lambda: rng)


def drawing(kernel: Kernel, source: Callable[[], torch.Generator]) -> Function:
    """The draws of a kernel, as a function that hands no gradients on.

    It may take some for itself, as forces do that are gradients of energies. Draws are brought to
    the device that the points come from.

    Args:
        kernel: The kernel.
        source: Called before each draw: a new generator of one seed makes one draw of them all.
    """

    def function(*parts: Tensor) -> Value:
        rng, home = source(), parts[0].device if parts else None
        given = value_of(tuple(part.detach().to(rng.device) for part in parts))
        drawn = kernel.sample(given, generator=rng)
        return each(lambda part: part.detach().to(home), drawn)

    return function


def chosen(X: GSpace, x: Value, elements: Elements | None, rng: torch.Generator) -> list[Named]:
    """The elements that were handed over, with names; or those that have names."""
    if elements is None:
        return named_elements(sized(X.group, X.space.measure(x)[1]), generator=rng)
    numbered = enumerate(elements, 1)
    return [g if isinstance(g, Named) else Named(f"element {i}", g) for i, g in numbered]


def cast(value: Value, dtype: torch.dtype) -> Value:
    """A value in a precision, where it has one."""

    def one(part: Tensor) -> Tensor:
        if part.is_complex():
            return part.to(dtype.to_complex())
        return part.to(dtype) if part.is_floating_point() else part

    return each(one, value)
