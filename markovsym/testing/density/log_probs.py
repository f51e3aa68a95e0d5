"""The log densities that models know, in double precision."""

import copy
from collections.abc import Callable
from types import MethodType

import torch
from torch import Tensor, nn

from markovsym.errors import CompositionError, NotFiniteError
from markovsym.groups.enumeration import each
from markovsym.kernels import DensityKernel, Kernel
from markovsym.spaces import Value
from markovsym.symmetrise.bounds import log_density_exact
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.sym import SymmetrisedKernel
from markovsym.testing.outcome import InconclusiveError, NotApplicableError

LogProb = Callable[[Value, Value], Tensor]
"""Log density at y of the law at x, in nats, for one batch of both."""

HasDensity = Kernel | nn.Module | MethodType | LogProb
"""A kernel, a module or a method of one, or a function of y and x."""


def log_prob_of(model: HasDensity) -> LogProb:
    """What a model says of its density; a copy of it is made double.

    Raises:
        NotApplicableError: If it knows none.
    """
    match copy.deepcopy(model):
        case Known(kernel=inner):
            return log_prob_of(inner)
        case DensityKernel() as kernel:
            return _checked(kernel.double().log_prob)
        case SymmetrisedKernel() as kernel:
            return _checked(_exactly(kernel.double()))
        case Kernel() as kernel:
            raise NotApplicableError(
                f"{kernel.label} does not know its density, as a DensityKernel such as Gaussian "
                "does; hand over a function of y and x, with X and Y"
            )
        case nn.Module() as module:
            return _checked(module.double())
        case MethodType(__self__=nn.Module() as module) as method:
            module.double()
            return _checked(method)
        case function:
            return _checked(function)


def _exactly(kernel: SymmetrisedKernel) -> LogProb:
    def log_prob(y: Value, x: Value) -> Tensor:
        try:
            return log_density_exact(kernel, y, x)
        except (CompositionError, NotFiniteError) as error:
            raise NotApplicableError(f"the density is not known exactly: {error}") from error

    return log_prob


def _checked(log_prob: LogProb) -> LogProb:
    def known(y: Value, x: Value) -> Tensor:
        found = log_prob(each(Tensor.detach, y), each(Tensor.detach, x)).detach().double()
        if bool(found.isnan().any()) or bool((found == torch.inf).any()):
            raise InconclusiveError("the log density is infinite or no number at some points")
        return found

    return known
