"""Any torch module, made equivariant in one line."""

from collections.abc import Callable
from typing import final

import torch
from torch import Tensor, nn

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.groups import Group
from markovsym.kernels import Deterministic, Kernel, Randomness
from markovsym.randomness import Ambient, Source
from markovsym.spaces import Value, dtype_of, parts_of, value_of
from markovsym.symmetrise import EquivariantKernel, default_gamma, natural, sym
from markovsym.symmetrise.average import average as average_of
from markovsym.symmetrise.why import Why


@final
class Symmetrised(nn.Module):
    """A torch module, symmetrised: plain tensors go in and come out.

    Args:
        module: Any module or function, from one tensor for each factor of ``dom`` to ``cod``, with
            one batch dimension; or a kernel, which may be known to be equivariant under a subgroup.
        group: The group; it may be left out where ``dom`` is given.
        dom: The space of the input; by default that of ``natural(group)``: points, one a row.
        cod: The space of the output; by default ``dom``.
        gamma: A kernel X -> G/H, or what makes one of ``dom``; by default ``default_gamma``.
        average: Without, each call draws one element for each entry of the batch, so that the
            module is equivariant in law. With a number, the mean of that many draws; with True, the
            exact mean, for gamma of finite support.

    Raises:
        CompositionError: If neither group nor space is given, or they do not fit.

    Example:
        >>> from markovsym.groups import O
        >>> equivariant = Symmetrised(nn.Linear(3, 3), O(3))
        >>> equivariant(torch.randn(8, 5, 3)).shape
        torch.Size([8, 5, 3])

    Draws come from torch's own generator, as those of dropout do, unless a call is handed another.
    """

    def __init__(
        self,
        module: nn.Module | Callable[..., Value],
        group: Group | None = None,
        *,
        dom: GSpace | None = None,
        cod: GSpace | None = None,
        gamma: Kernel | Callable[[GSpace], Kernel] | None = None,
        average: int | bool = False,
    ) -> None:
        super().__init__()
        X = _space(group, dom)
        kernel = module if isinstance(module, Kernel) else _kernel(module, X, cod or X)
        self.module = module
        self.gamma = gamma if isinstance(gamma, Kernel) else (gamma or default_gamma)(X)
        self.symmetric = True
        """Switch it off, and the bare module runs: for ablations."""
        # in a tuple, lest the parameters be registered twice
        self._kernels = (_averaged(sym(kernel, self.gamma), average), kernel)

    @property
    def kernel(self) -> EquivariantKernel:
        """The equivariant kernel that runs."""
        return self._kernels[0]

    @property
    def why(self) -> Why:
        """How it is known that it is equivariant."""
        return self.kernel.why

    def forward(self, *inputs: Tensor, generator: torch.Generator | None = None) -> Value:
        """One draw, or the average, for each entry of the batch.

        Args:
            *inputs: One tensor for each factor of ``dom``; batch dimensions lead.
            generator: Source of randomness; torch's own by default.

        Raises:
            SpaceError: If they do not lie in ``dom``.
        """
        value = value_of(inputs)
        batch, _ = self.kernel.dom.space.measure(value)
        source: Source = generator or Ambient(inputs[0].device)
        kernel = self._kernels[0 if self.symmetric else 1]
        return kernel.draw(value, Randomness(source, batch, dtype_of(value)))


@final
class OneBatch(nn.Module):
    """A module that wants one batch dimension, for values with any number of them.

    Args:
        module: Handed one tensor for each rank.
        ranks: The number of event dimensions of each tensor.
    """

    def __init__(self, module: nn.Module | Callable[..., Value], ranks: tuple[int, ...]) -> None:
        super().__init__()
        self.module = module
        self.ranks = ranks

    def forward(self, *inputs: Tensor) -> Value:
        """The module, with all batch dimensions made one on the way in and undone behind."""
        batch = inputs[0].shape[: inputs[0].dim() - self.ranks[0]]
        if len(batch) == 1:
            return self.module(*inputs)
        flat = (x.reshape(-1, *x.shape[len(batch) :]) for x in inputs)
        found = parts_of(self.module(*flat))
        return value_of(tuple(y.reshape(*batch, *y.shape[1:]) for y in found))


def _kernel(module: nn.Module | Callable[..., Value], X: GSpace, Y: GSpace) -> Kernel:
    ranks = tuple(len(factor.shape) for factor in X.space.factors)
    return Deterministic(OneBatch(module, ranks), X, Y)


def _space(group: Group | None, dom: GSpace | None) -> GSpace:
    if dom is None:
        if group is None:
            raise CompositionError("wanted a group, or the space of the input; got neither")
        return natural(group)
    if group not in (None, dom.group):
        raise CompositionError(f"wanted a space of {group}, got ({dom})")
    return dom


def _averaged(kernel: EquivariantKernel, draws: int | bool) -> EquivariantKernel:  # noqa: FBT001
    if draws is False:
        return kernel
    return average_of(kernel, None if draws is True else draws)
