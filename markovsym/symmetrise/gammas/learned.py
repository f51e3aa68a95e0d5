"""Learned gammas: a network of the input and of noise, whose output is made an element of G."""

from collections.abc import Sequence
from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn

from markovsym.actions import GSpace, coset_space
from markovsym.errors import CompositionError
from markovsym.groups import (
    Cosets,
    FromTrivial,
    GeneralLinearGroup,
    Group,
    OrthogonalGroup,
    PairGroup,
    Scalings,
    SpecialOrthogonalGroup,
    SymmetricGroup,
    TranslationGroup,
    gram_schmidt,
    orthonormalise,
)
from markovsym.groups.gram_schmidt import proper
from markovsym.groups.product import pair
from markovsym.kernels import NoiseOutsourced
from markovsym.spaces import Object, Value, parts_of, space

NOISE = space((8,))
"""Where the noise of a learned gamma lives, if nothing else is asked for."""


def learned(
    network: nn.Module, X: GSpace, target: Group | Cosets, *, noise: Object = NOISE
) -> NoiseOutsourced:
    """Gamma1: X -> G, any at all: noise goes into a network, whose output is made an element.

    It is not equivariant; ``recursive(haar(G, X), learned(...))`` is.

    Args:
        network: Handed the tensors of a point of X and then the noise; for O(n) and SO(n) it gives
            any n by n matrices, of which Gram-Schmidt makes frames; for GL(n) matrices whose
            exponential is taken; for T(n) vectors; for R+ numbers whose exponential is taken; for
            S(n) scores, by which the places are sorted (no gradient flows); for a product of two
            such groups, the tensors of both.
        X: Where it starts.
        target: G, or cosets that are elements of one of these groups.
        noise: Where the standard normal noise lives.

    Raises:
        CompositionError: If it is not known how to make elements of the group.

    Source:
        SymDiff (Zhang et al., 2025), section 3.2; Cornish (2024), section 7.3.
    """
    cosets = target if isinstance(target, Cosets) else Cosets(FromTrivial(target))
    if not cosets.plain:
        raise CompositionError(f"wanted cosets that are elements of a group, got {cosets}")
    head = Retracted(network, cosets.representatives)
    return NoiseOutsourced(head, noise, X, coset_space(cosets))


@final
class Retracted(nn.Module):
    """A network whose output is made an element of a group.

    Raises:
        CompositionError: If it is not known how.
    """

    def __init__(self, network: nn.Module, group: Group) -> None:
        super().__init__()
        if not _known(group):
            raise CompositionError(f"wanted O, SO, GL, T, S or the scalings, got {group}")
        self.network = network
        self.group = group

    def forward(self, *values: Tensor) -> Value:
        """The element nearest at hand."""
        return _retract(self.group, self.network(*values))


@final
class MLP(nn.Module):
    """A perceptron of all the tensors of a point, flattened and joined, with tanh between layers.

    Args:
        X: The space of the point; all sizes must be numbers.
        shape: The event shape of what comes out.
        hidden: Widths of the layers between.
        noise: How many more numbers come in.
    """

    def __init__(
        self, X: GSpace, shape: tuple[int, ...], hidden: Sequence[int] = (64,), *, noise: int = 0
    ) -> None:
        super().__init__()
        self.dims = [len(factor.shape) for factor in X.space.factors] + [1] * bool(noise)
        self.shape = shape
        entries = sum(int(torch.Size(map(int, f.shape)).numel()) for f in X.space.factors)
        widths = [entries + noise, *hidden, torch.Size(shape).numel()]
        layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
        between = [part for layer in layers[:-1] for part in (layer, nn.Tanh())]
        self.layers = nn.Sequential(*between, layers[-1])

    def forward(self, *values: Tensor) -> Tensor:
        """What the layers make of all the entries."""
        flat = [
            x.flatten(x.dim() - d) if d else x.unsqueeze(-1)
            for x, d in zip(values, self.dims, strict=True)
        ]
        found = self.layers(torch.cat(flat, dim=-1))
        return found.unflatten(-1, self.shape) if self.shape else found.squeeze(-1)


_KNOWN = (
    OrthogonalGroup,
    SpecialOrthogonalGroup,
    GeneralLinearGroup,
    TranslationGroup,
    Scalings,
    SymmetricGroup,
)


def _known(group: Group) -> bool:
    if isinstance(group, PairGroup):
        return all(_known(factor) for factor in group.factors)
    return isinstance(group, _KNOWN)


def _retract(group: Group, m: Value) -> Value:
    if isinstance(group, PairGroup):
        both = zip(group.factors, group.split(m), strict=True)
        return pair(*(_retract(factor, part) for factor, part in both))
    (one,) = parts_of(m)
    return _retract_one(group, one)


def _retract_one(group: Group, m: Tensor) -> Tensor:
    match group:
        case OrthogonalGroup(3):
            return gram_schmidt(m)[0]
        case OrthogonalGroup():
            return orthonormalise(m)
        case SpecialOrthogonalGroup(n):
            return proper(_retract_one(OrthogonalGroup(n), m))
        case GeneralLinearGroup():
            return torch.linalg.matrix_exp(m)
        case Scalings():
            return m.exp()
        case SymmetricGroup():
            return m.argsort(-1)
        case _:
            return m
