"""Equivariance of a denoiser under S_N x O(3), beside broken copies that must fail."""

import torch

from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing import Effort, Report, Verified, control, padded_points, report
from markovsym.testing.reports.control import broken
from markovsym_diffusion.denoisers import (
    Denoiser,
    as_released,
    sharp_frame,
    symmetrised,
    unsymmetrised,
)

STATES = 16
"""Noisy molecules to test at: so many sizes and times."""

SHAKE = 0.3
"""Standard deviation of what is added to fresh biases, which predict nothing and hide all."""
GAIN = 1.0
"""The same for matrices, times the square root of their columns: more makes networks so steep that
rounding in single precision shows in law."""


@torch.no_grad()
def verify_denoiser(
    denoiser: Denoiser, *, effort: Effort | None = None, name: str = "the model"
) -> Verified:
    """Run every check that applies to a denoiser, and the test in law on broken copies.

    Args:
        denoiser: A model.
        effort: How long tests in law look, and how sure they are to be.
        name: What to call it.
    """
    x = states(denoiser)
    found = report(denoiser.kernel, x, effort=effort, name=name)
    return Verified(found, controls(denoiser, x, effort))


@torch.no_grad()
def verify_in_law(denoiser: Denoiser, *, effort: Effort | None = None, name: str) -> Verified:
    """The test in law alone, of the denoiser and of one broken copy, which must fail it."""
    x = states(denoiser)
    found = control(name, denoiser.kernel, x, effort=effort)
    return Verified(found, controls(denoiser, x, effort)[:1])


def controls(denoiser: Denoiser, x: Value, effort: Effort | None) -> tuple[Report, ...]:
    """The network without its symmetrisation, and under the composition of the released code.

    A denoiser that is not symmetrised is bent, entry by entry.
    """
    copies: dict[str, Kernel] = {"a broken copy": broken(denoiser.kernel)}
    if symmetrised(denoiser):
        copies = {
            "its network alone": unsymmetrised(denoiser),
            "as released, R = f R0^T": as_released(denoiser, sharp_frame(denoiser)),
        }
    return tuple(control(name, copy, x, effort=effort) for name, copy in copies.items())


def states(denoiser: Denoiser) -> Value:
    """Noisy molecules of several sizes, padded, at random times."""
    weight, (Z, _) = next(denoiser.parameters()), ends(denoiser.kernel)
    rng = torch.Generator().manual_seed(0)
    parts = parts_of(padded_points(Z, STATES, generator=rng, dtype=weight.dtype))
    x, h, _, mask, *belief = parts
    t = torch.rand(STATES, generator=rng, dtype=weight.dtype)
    return tuple(part.to(weight.device) for part in (x, h, t, mask, *belief))


@torch.no_grad()
def shaken(denoiser: Denoiser, *, seed: int) -> Denoiser:
    """The model with noise on every weight, in place."""
    rng = torch.Generator().manual_seed(seed)
    for weight in denoiser.parameters():
        noise = torch.randn(weight.shape, generator=rng, dtype=weight.dtype)
        scale = SHAKE if weight.dim() < 2 else GAIN / weight.shape[-1] ** 0.5
        weight.add_(noise.to(weight.device), alpha=scale)
    return denoiser
