"""Symmetrised regression targets: the denoiser of data that a group has been let loose on."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.groups import Element
from markovsym.spaces import parts_of, repeated


@final
@dataclass(frozen=True, eq=False)
class Target:
    """What to regress on, and from how many terms it was made.

    Args:
        value: The weighted mean of the moved data, one for each noisy point.
        effective: 1 / sum of the squared weights: 1 where one term decides alone.
    """

    value: Float[Tensor, "batch *event"]
    effective: Float[Tensor, "batch"]


def symmetrised_target(
    noisy: Float[Tensor, "batch *event"],
    data: Float[Tensor, "datum *event"],
    elements: Element,
    X: GSpace,
    *,
    alpha: float | Float[Tensor, "batch"],
    sigma: float | Float[Tensor, "batch"],
) -> Target:
    """An estimate of E[x0 | x_t] for data moved by elements of G, where x_t = alpha x0 + sigma eps.

    Every datum is moved by every element; the weights exp(-|x_t - alpha g x0|^2 / (2 sigma^2)) are
    normalised over both, in log space.

    Args:
        noisy: x_t.
        data: Draws of x0.
        elements: A batch of elements of G, such as Haar draws, or all of a finite group.
        X: The space of the data, with the action of G; one block of real numbers.
        alpha: The factor of the data, one for all or one for each noisy point.
        sigma: Standard deviation of the noise, in the units of the data.

    Source:
        Tong et al. (2025), the estimator of the symmetrised target; theory of this project, T15.
    """
    moved = _orbits(data, elements, X).flatten(1)
    weights = _weights(noisy.flatten(1), moved, alpha, sigma)
    effective = weights.square().sum(-1).reciprocal()
    return Target((weights @ moved).reshape(noisy.shape), effective)


def _weights(noisy: Tensor, moved: Tensor, alpha: float | Tensor, sigma: float | Tensor) -> Tensor:
    """One row for each noisy point; in double precision, as most of each distance cancels."""
    x, y = noisy.double(), moved.double()
    a, s = (torch.as_tensor(one, dtype=x.dtype, device=x.device) for one in (alpha, sigma))
    a, s = a.reshape(-1, 1), s.reshape(-1, 1)
    # |x_t|^2 is the same for all terms, so it is left out
    distance = a.square() * y.square().sum(-1) - 2 * a * (x @ y.mT)
    return torch.softmax(-distance / (2 * s.square()), dim=-1).to(noisy.dtype)


def _orbits(data: Tensor, elements: Element, X: GSpace) -> Tensor:
    """Every datum moved by every element, one after the other."""
    (count,), _ = X.group.space.measure(elements)
    many = repeated(elements, 0, len(data))
    (moved,) = parts_of(X.act(many, repeated(data, 1, count)))
    return moved.flatten(0, 1)
