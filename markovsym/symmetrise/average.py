"""Averages: the mean of what a kernel draws, exactly or from a number of draws."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.kernels import Randomness
from markovsym.randomness import Source
from markovsym.spaces import Kind, Value, parts_of, repeated, value_of
from markovsym.symmetrise.atoms import atoms
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.why import Theorem


@final
@dataclass(frozen=True, eq=False)
class Estimate:
    """A mean, and how far off it may be.

    Args:
        value: The mean.
        error: Its standard error, of the same shape; zero where it is exact.
    """

    value: Value
    error: Value


@final
class Average(EquivariantKernel):
    """x -> the mean of ``kernel`` at x; make it with ``average``."""

    def __init__(self, kernel: EquivariantKernel, draws: int | None) -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.draws = draws
        self.over = kernel.over
        self.deterministic = draws is None
        fact = (
            "the mean of the law, as the action is affine"
            if draws is None
            else (f"the mean of {draws} independent draws, as the action is affine")
        )
        self.why = Theorem(self.group, fact, (("the kernel", kernel.why),))

    def draw(self, value: Value, source: Randomness) -> Value:
        """The mean, or that of as many draws as were asked for."""
        return self.estimate(value, generator=source.generator, batch=source.batch).value

    def estimate(
        self, value: Value = (), *, generator: Source, batch: tuple[int, ...] = ()
    ) -> Estimate:
        """The mean and its standard error, at each point of a batch.

        Args:
            value: A point of ``dom``; batch dimensions lead. A state needs none.
            generator: Source of randomness; the exact mean takes nothing from it.
            batch: Batch shape for a state; any other kernel reads it off its input.

        Raises:
            NotFiniteError: If the mean was to be exact and the kernel has infinitely many outcomes.
        """
        if self.draws is None:
            return _exact(self.kernel, value)
        values = repeated(value, 0, self.draws)
        many = self.kernel.sample(values, generator=generator, batch=(self.draws, *batch))
        mean = value_of(tuple(part.mean(0) for part in parts_of(many)))
        spread = (part.std(0) / self.draws**0.5 for part in parts_of(many))
        return Estimate(mean, value_of(tuple(spread)))


def average(kernel: EquivariantKernel, draws: int | None = None) -> Average:
    """The mean of what an equivariant kernel draws: an equivariant function of its input.

    Args:
        kernel: An equivariant kernel into a space of real tensors on which the group acts by affine
            maps.
        draws: Without, the mean is exact; the kernel must have finitely many outcomes, as it has
            where it symmetrises a function with gamma of finite support. With a number, that many
            draws are averaged: as a function it is approximate, but as a kernel it is equivariant
            in law exactly.

    Raises:
        CompositionError: If means of values are none, or the action does not respect them.

    Source:
        Cornish (2024), ave; Kim et al. (2023) and Puny et al. (2022), whose methods it gives.
    """
    if draws is not None and draws < 2:
        raise ValueError(f"wanted at least 2 draws, which tell of their spread, got {draws}")
    _require_means(kernel.cod)
    return Average(kernel, draws)


def _require_means(Y: GSpace) -> None:
    for block in Y.blocks:
        if not block.action.affine:
            raise CompositionError(
                f"{block.action} is not affine: it moves means of values elsewhere"
            )
        for factor in block.space.factors:
            if factor.kind is not Kind.REAL or not factor.constraint.convex:
                raise CompositionError(f"means of values are none in {factor}")


def _exact(kernel: EquivariantKernel, value: Value) -> Estimate:
    found = atoms(kernel, value)
    weights = found.weights

    def mean(part: Tensor) -> Tensor:
        shape = (*weights.shape, *[1] * (part.dim() - weights.dim()))
        return (weights.reshape(shape).to(part.dtype) * part).sum(weights.dim() - 1)

    values = tuple(mean(part) for part in parts_of(found.values))
    return Estimate(value_of(values), value_of(tuple(torch.zeros_like(part) for part in values)))
