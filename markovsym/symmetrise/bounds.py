"""The density of a symmetrised kernel: exactly for finite gamma, and bounds on it otherwise."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.errors import CompositionError
from markovsym.groups import Element
from markovsym.kernels import DensityKernel, Kernel
from markovsym.randomness import Source
from markovsym.spaces import Value, repeated
from markovsym.symmetrise.atoms import atoms, dims_of
from markovsym.symmetrise.average import Estimate
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.sym import SymmetrisedKernel


def log_density_exact(s: SymmetrisedKernel, y: Value, x: Value) -> Float[Tensor, "*batch"]:
    """Log density of sym(k) at ``y`` given ``x``: log E k(g^-1 y | g^-1 x) |det g^-1|.

    Args:
        s: A symmetrised kernel; k knows its density, gamma has finitely many outcomes.
        y: A point of its codomain; batch dimensions lead.
        x: A point of its domain.

    Raises:
        CompositionError: If k does not know its density.
        NotFiniteError: If gamma may have infinitely many outcomes.

    Source:
        SymDiff (Zhang et al., 2025), proposition 1; theory of this project, T13.
    """
    found = atoms(s.gamma, x)
    return torch.logsumexp(found.weights.log() + _given(s, y, x, found.values), dim=-1)


def log_density_lower_bound(
    s: SymmetrisedKernel, y: Value, x: Value, *, draws: int, generator: Source
) -> Estimate:
    """Jensen's bound E log k(y | g, x), which is at most the log density of sym(k).

    It is the log density if gamma is deterministic, or if k is equivariant under G.

    Args:
        s: A symmetrised kernel; k knows its density.
        y: A point of its codomain; batch dimensions lead.
        x: A point of its domain.
        draws: Draws of gamma, at least 2.
        generator: Source of randomness.

    Returns:
        The mean over the draws, whose expectation is the bound, and its standard error, in nats.

    Source:
        SymDiff (Zhang et al., 2025), appendix D; theory of this project, T13.
    """
    if draws < 2:
        raise ValueError(f"wanted at least 2 draws, which tell of their spread, got {draws}")
    logs = _drawn(s, y, x, draws, generator)
    return Estimate(logs.mean(-1), logs.std(-1) / draws**0.5)


def log_density_k_sample_lower_bound(
    s: SymmetrisedKernel, y: Value, x: Value, *, draws: int, generator: Source
) -> Float[Tensor, "*batch"]:
    """Log of the mean of k(y | g, x) over K draws; its expectation is at most the log density.

    The expectation grows with K, from Jensen's bound at K = 1 to the log density. A single value
    may lie above it.

    Args:
        s: A symmetrised kernel; k knows its density.
        y: A point of its codomain; batch dimensions lead.
        x: A point of its domain.
        draws: K.
        generator: Source of randomness.

    Source:
        Burda et al. (2016), theorem 1; theory of this project, T13.
    """
    if draws < 1:
        raise ValueError(f"wanted at least 1 draw, got {draws}")
    return torch.logsumexp(_drawn(s, y, x, draws, generator), dim=-1) - math.log(draws)


def _drawn(s: SymmetrisedKernel, y: Value, x: Value, draws: int, generator: Source) -> Tensor:
    cosets = s.gamma.sample(repeated(x, dims_of(s, x), draws), generator=generator)
    return _given(s, y, x, cosets)


def _given(s: SymmetrisedKernel, y: Value, x: Value, cosets: Value) -> Tensor:
    """Log k(y | g, x) for each of the cosets, which the last batch dimension runs over."""
    density, dims = _density(s.kernel), dims_of(s, x)
    X, Y = s.acted(s.dom), s.acted(s.cod)
    back: Element = X.group.inverse(s.represent(cosets))
    count = s.gamma.cod.space.measure(cosets)[0][-1]
    x, y = repeated(x, dims, count), repeated(y, dims, count)
    return density.log_prob(Y.act(back, y), X.act(back, x)) + Y.log_volume(back, y)


def _density(kernel: Kernel) -> DensityKernel:
    match kernel:
        case DensityKernel():
            return kernel
        case Known(kernel=inner):
            return _density(inner)
        case _:
            raise CompositionError(
                f"{kernel.label} does not know its density; symmetrise a DensityKernel, such as "
                "Gaussian"
            )
