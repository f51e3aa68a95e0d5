"""Faults of a symmetrised kernel, to try tests of equivariance on.

Each must be seen with some probe, and the kernel without a fault must pass with all. Some faults
are none with some probes; ``docs/concepts/what-a-test-sees.md`` says which check sees what.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from markovsym.groups import SO
from markovsym.randomness import Source, normal
from markovsym.testing.faults.handmade import Points, Steps, affine, centred

REAL = torch.tensor([1.0, 1.0, 1.0, 1.0, 0.0]).unsqueeze(-1)
"""Which points exist, where the last is taken for padding."""


def _qr(n: int, source: Source, dtype: torch.dtype) -> Tensor:
    return torch.linalg.qr(normal(n, 3, 3, generator=source, dtype=dtype)).Q


def _rotation(n: int, source: Source, dtype: torch.dtype) -> Tensor:
    return SO(3).haar(n, generator=source, dtype=dtype)


def _turned(Q: Tensor) -> Tensor:
    """The matrix, turned round where its determinant is -1."""
    return Q * torch.linalg.det(Q)[..., None, None]


def _leaking(u: Points) -> Points:
    """Noise that is centred over all rows, of which the last is then put to zero."""
    return centred(u) * REAL.to(u)


def _padded(x: Points) -> Points:
    """A mean that is right about the padding: centred over the rows that exist."""
    y = affine(x) * REAL.to(x)
    return y - REAL.to(x) * y.sum(-2, keepdim=True) / 4


def _in_mean(x: Points) -> Points:
    return centred(x * x.norm(dim=-1, keepdim=True).tanh())


def _in_lab(x: Points) -> Tensor:
    """Noise 20 % larger along an axis of the laboratory."""
    return 0.3 * torch.tensor([1.0, 1.0, 1.2]).to(x).expand(*x.shape[:-2], 1, 3)


def _backwards(R: Tensor, x: Points) -> Points:
    return x @ R.mT


def _forwards(R: Tensor, y: Points) -> Points:
    return y @ R


def _rotations_only(R0: Tensor, f: Tensor) -> Tensor:
    return R0 @ _turned(f)


def _frame_only(R0: Tensor, f: Tensor) -> Tensor:
    return f


def _as_released(R0: Tensor, f: Tensor) -> Tensor:
    return f @ R0.mT


def _nothing(R0: Tensor, f: Tensor) -> Tensor:
    return torch.eye(3).to(R0).expand_as(R0)


def _kept(u: Points) -> Points:
    return u


MUTANTS: Mapping[str, Mapping[str, Callable[..., Tensor] | bool]] = {
    "none": {},
    "QR without the signs": {"base": _qr},
    "SO(3) for O(3)": {"base": _rotation, "compose": _rotations_only},
    "no inverse on the input": {"pull": _backwards},
    "R and its transpose exchanged": {"pull": _backwards, "push": _forwards},
    "R0 forgotten": {"compose": _frame_only},
    "as released, R = f R0^T": {"compose": _as_released},
    "centre of mass kept": {"eps": _kept},
    "noise not rotated": {"noise_moves": False},
    "masked atoms leak": {"mean": _padded, "eps": _leaking},
    "equivariant in mean only": {
        "mean": _in_mean, "widths": _in_lab, "noise_moves": False, "compose": _nothing,
    },
}  # fmt: skip
"""What each fault exchanges."""


def mutant(steps: Steps, fault: str) -> Steps:
    """The steps, with one of ``MUTANTS``."""
    return replace(steps, **MUTANTS[fault])
