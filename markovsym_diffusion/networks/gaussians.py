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
            return _moments(d, self.centres, self._width(), orders=1).squeeze(2)
        return _Sums.apply(d, self.centres, self._width())[0]

    def _width(self) -> Tensor:
        return self.widths.abs() + 0.01


@final
class _Sums(torch.autograd.Function):
    """S_0[i, k] = sum_j psi_k(d_ij); kept are its moments S_p, weighted with d_ij^p.

    With e_p[k] = sum_i G[i, k] S_p[i, k] for the gradient G of S_0, the centre has the gradient
    (e_1 - mu e_0) / s^2, the width (e_2 - 2 mu e_1 + mu^2 e_0) / s^3 - e_0 / s. So nothing of the
    size of the pairs outlives the forward pass.
    """

    @staticmethod
    def forward(d: Tensor, centres: Tensor, width: Tensor) -> tuple[Tensor, Tensor]:
        """The sums, and the moments of order 1 and 2."""
        moments = _moments(d, centres, width, orders=3)
        return moments[:, :, 0], moments[:, :, 1:]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: tuple[Tensor, Tensor]) -> None:
        """Keep the moments."""
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(*inputs[1:], *output)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, Tensor]:
        """The gradients of centres and widths."""
        mu, s, zeroth, further = ctx.saved_tensors
        first, second = further.unbind(2)
        e0, e1, e2 = ((gradients[0] * moment).sum((0, 1)) for moment in (zeroth, first, second))
        to_mu = (e1 - mu * e0) / s**2
        to_s = (e2 - 2 * mu * e1 + mu**2 * e0) / s**3 - e0 / s
        return None, to_mu, to_s


def _moments(
    d: Float[Tensor, "molecule atom atom"], centres: Tensor, width: Tensor, *, orders: int
) -> Float[Tensor, "molecule atom {orders} basis"]:
    """S_p for every p less than ``orders``."""
    weights = torch.stack([d**power for power in range(orders)], dim=2)
    rows = max(1, AT_ONCE.get(d.device.type, 2**28) // (d[:1].numel() * len(centres)))
    chunks = zip(d.split(rows), weights.split(rows), strict=True)
    moments = torch.cat([weight @ _psi(part, centres, width) for part, weight in chunks])
    return moments / (math.sqrt(2 * math.pi) * width)


def _psi(d: Tensor, centres: Tensor, width: Tensor) -> Tensor:
    """The functions without their heights."""
    u = (d.unsqueeze(-1) - centres) * (math.sqrt(0.5) / width)
    return u.square_().neg_().exp_()
