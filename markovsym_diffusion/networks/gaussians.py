"""Gaussian functions of distances, pair by pair or summed over the neighbours."""

import math
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

AT_ONCE = {"cpu": 2**17}
"""So many values of the functions are made at a time: what a cache holds; elsewhere a gigabyte."""


@final
class GaussianBasis(nn.Module):
    """Gaussian functions of a distance, with learned centres and widths, in model units.

    Args:
        count: How many.
        reach: At first they stand evenly from 0 to this, each as wide as they are apart; without
            it, centres and widths start at random, as published, and far wider than a bond is long.

    Source:
        SymDiff (Zhang et al., 2025), appendix B.1.
    """

    def __init__(self, count: int, reach: float | None = None) -> None:
        super().__init__()
        centres, widths = torch.rand(count) * 3, torch.rand(count) * 3
        if reach is not None:
            centres = torch.linspace(0, reach, count)
            widths = torch.full((count,), reach / count)
        self.centres = nn.Parameter(centres)
        self.widths = nn.Parameter(widths)

    def forward(
        self, d: Float[Tensor, "molecule atom atom"]
    ) -> Float[Tensor, "molecule atom atom basis"]:
        """The value of every function at every distance."""
        width = self._width()
        rate = math.sqrt(0.5) / width
        log_height = -torch.log(math.sqrt(2 * math.pi) * width)
        # the sums and products of (molecule, atom, atom, basis) are what costs: two, then exp
        u = torch.addcmul(-self.centres * rate, d.unsqueeze(-1), rate)
        return torch.addcmul(log_height, u, u, value=-1).exp()

    def summed(
        self, d: Float[Tensor, "molecule atom atom"]
    ) -> Float[Tensor, "molecule atom basis"]:
        """The sum of ``forward`` over the last atom; no gradient reaches the distances.

        Raises:
            RuntimeError: If the distances need a gradient; sum what ``forward`` gives instead.
        """
        if d.requires_grad:
            raise RuntimeError("these sums pass no gradient to the distances; sum forward(d)")
        if not torch.is_grad_enabled():
            return _moments(d, self.centres, self._width(), orders=1)[0]
        return _Sums.apply(d, self.centres, self._width())[0]

    def _width(self) -> Tensor:
        return self.widths.abs() + 0.01


@final
class _Sums(torch.autograd.Function):
    """S_0[i, k] = sum_j psi_k(d_ij); kept are its moments, weighted with u and 2 u^2 - 1.

    Here u = (d - mu) / (sqrt(2) s) is the distance seen from the centre. A function changes with
    its centre by sqrt(2) u psi / s, with its width by (2 u^2 - 1) psi / s. So nothing of the size
    of the pairs outlives the forward pass.
    """

    @staticmethod
    def forward(d: Tensor, centres: Tensor, width: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The sums, and both moments."""
        zeroth, first, second = _moments(d, centres, width, orders=3).unbind(0)
        return zeroth, first, second

    @staticmethod
    def setup_context(
        ctx: Any, inputs: tuple[Tensor, ...], output: tuple[Tensor, Tensor, Tensor]
    ) -> None:
        """Keep the moments."""
        _, first, second = output
        ctx.mark_non_differentiable(first, second)
        ctx.save_for_backward(inputs[2], first, second)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, Tensor]:
        """The gradients of centres and widths."""
        width, first, second = ctx.saved_tensors
        to_centre, to_width = ((gradients[0] * part).sum((0, 1)) for part in (first, second))
        return None, math.sqrt(2) * to_centre / width, to_width / width


def _moments(
    d: Float[Tensor, "molecule atom atom"], centres: Tensor, width: Tensor, *, orders: int
) -> Float[Tensor, "{orders} molecule atom basis"]:
    """The sums over the last atom of psi, u psi and (2 u^2 - 1) psi, or the first of them."""
    rows = max(1, AT_ONCE.get(d.device.type, 2**28) // (d[:1].numel() * len(centres)))
    parts = [_of_some(some, centres, width, orders) for some in d.split(rows)]
    return torch.cat(parts, dim=1) / (math.sqrt(2 * math.pi) * width)


def _of_some(d: Tensor, centres: Tensor, width: Tensor, orders: int) -> Tensor:
    u = (d.unsqueeze(-1) - centres) * (math.sqrt(0.5) / width)
    square = u.square()
    psi = square.neg().exp_()
    if orders == 1:
        return psi.sum(2).unsqueeze(0)
    terms = (psi, u.mul_(psi), square.mul_(2).sub_(1).mul_(psi))
    return torch.stack([term.sum(2) for term in terms])
