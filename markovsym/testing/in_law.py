"""Equivariance in law, tested by first and second moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from scipy import stats
from torch import Tensor

from markovsym.groups import Element, Group
from markovsym.kernels import Kernel
from markovsym.spaces import Value, dtype_of, parts_of, value_of
from markovsym.symmetrise import EquivariantKernel, Tested, declare_equivariant
from markovsym.symmetrise.equivariant import ends

DIRECTIONS = 16
"""Values with more entries are seen through so many random directions."""

RESOLUTION = 1e-3
"""Standardised moments nearer than this are equal: 1e-5 of the size of the values, or rounding."""


@final
@dataclass(frozen=True)
class LawTest:
    """What comparing ``g^-1 k(g x)`` with ``k(x)`` found."""

    p: float
    """Chance of moments so different under equal laws, all elements and moments accounted for."""
    element: int
    """Place of the group element at which they differ most."""
    draws: int
    """Draws on each side."""


@torch.no_grad()
def equivariance_in_law(
    kernel: Kernel,
    x: Value,
    elements: Sequence[Element],
    *,
    generator: torch.Generator,
    draws: int = 4096,
) -> LawTest:
    """Compare the laws of ``g^-1 k(g x)`` and ``k(x)``, for every g in ``elements``.

    Means of all entries and of all products of two entries are compared, by Welch's test. What
    differs in higher moments only is not seen.

    Args:
        kernel: A kernel between spaces with actions of one group.
        x: A point, without batch dimensions.
        elements: Group elements, without batch dimensions.
        generator: Source of randomness.
        draws: Draws at ``x``, and again at every ``g x``.
    """
    dom, cod = ends(kernel)
    many = value_of(tuple(part.expand(draws, *part.shape) for part in parts_of(x)))
    here = kernel.sample(many, generator=generator)
    worst = LawTest(1.0, 0, draws)
    for place, g in enumerate(elements):
        # an element without batch dimensions moves a whole batch
        there = kernel.sample(dom.act(g, many), generator=generator)
        back = cod.act(cod.group.inverse(g), there)
        p = len(elements) * law_difference(here, back, generator=generator)
        worst = min(worst, LawTest(min(1.0, p), place, draws), key=lambda test: test.p)
    return worst


def law_difference(a: Value, b: Value, *, generator: torch.Generator) -> float:
    """Chance, at most, of first and second moments so different if two laws were one.

    Args:
        a: Draws from the one law, one a row.
        b: Draws from the other.
        generator: Source of the random directions in which large values are seen.
    """
    if not parts_of(a):
        return 1.0
    return min(1.0, _welch(*_moments(_flat(a), _flat(b), generator)))


def assert_equivariant_in_law(
    kernel: Kernel,
    x: Value,
    elements: Sequence[Element] | None = None,
    *,
    generator: torch.Generator,
    draws: int = 4096,
    alpha: float = 1e-9,
) -> LawTest:
    """Fail where the moments of ``g^-1 k(g x)`` and ``k(x)`` differ.

    Args:
        kernel: A kernel between spaces with actions of one group.
        x: A point, without batch dimensions.
        elements: Group elements; generators, components and two random ones by default.
        generator: Source of randomness.
        draws: Draws on each side, for each element.
        alpha: Chance of failing a kernel that is equivariant.

    Raises:
        AssertionError: With the element, its place and the p-value.
    """
    group = ends(kernel)[0].group
    if elements is None:
        elements = probes(group, generator=generator, dtype=dtype_of(x))
    test = equivariance_in_law(kernel, x, elements, generator=generator, draws=draws)
    if test.p < alpha:
        raise AssertionError(
            f"the kernel is not equivariant in law under {group}: p = {test.p:.1e} < {alpha:.0e} "
            f"at element {test.element}, {elements[test.element]}, with {draws} draws on each side"
        )
    return test


def equivariant_by_test(
    kernel: Kernel,
    x: Value,
    elements: Sequence[Element] | None = None,
    *,
    generator: torch.Generator,
    draws: int = 4096,
) -> EquivariantKernel:
    """The kernel, as one that is equivariant because a test did not reject it.

    Args:
        kernel: A kernel between spaces with actions of one group.
        x: A point, without batch dimensions.
        elements: Group elements; those of ``assert_equivariant_in_law`` by default.
        generator: Source of randomness.
        draws: Draws on each side, for each element.

    Raises:
        AssertionError: If the test rejects it.
    """
    found = assert_equivariant_in_law(kernel, x, elements, generator=generator, draws=draws)
    group = ends(kernel)[0].group
    return declare_equivariant(kernel, group, Tested(group, found.draws, found.p))


def probes(
    group: Group, *, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> list[Element]:
    """Elements that a test of equivariance should not miss."""
    generic = [group.random(generator=generator, dtype=dtype) for _ in range(2)]
    return [*group.components(dtype=dtype), *group.generators(dtype=dtype), *generic]


def _flat(value: Value) -> Float[Tensor, "draw entry"]:
    real = (torch.view_as_real(p) if p.is_complex() else p for p in parts_of(value))
    return torch.cat([p.reshape(len(p), -1).double() for p in real], dim=1)


def _moments(
    a: Float[Tensor, "draw entry"], b: Float[Tensor, "draw entry"], generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Entries, or random directions of them, standardised by both samples, and their products."""
    both = torch.cat([a, b])
    size = both.square().mean().sqrt().clamp(min=1e-9)
    # a spread of less than a hundredth of the size may be rounding, and must not be blown up
    both = (both - both.mean(0)) / torch.maximum(both.std(0), 0.01 * size)
    if both.shape[1] > DIRECTIONS:
        shape = (both.shape[1], DIRECTIONS)
        both = both @ torch.randn(shape, generator=generator, dtype=both.dtype) / shape[0] ** 0.5
    i, j = torch.triu_indices(both.shape[1], both.shape[1])
    both = torch.cat([both, both[:, i] * both[:, j]], dim=1)
    return both[: len(a)], both[len(a) :]


def _welch(a: Float[Tensor, "draw moment"], b: Float[Tensor, "draw moment"]) -> float:
    """Smallest p-value of Welch's test over all moments, times their number."""
    gap = ((a.mean(0) - b.mean(0)).abs() - RESOLUTION).clamp(min=0)
    error = (a.var(0) / len(a) + b.var(0) / len(b)).sqrt()
    score = (gap / error.clamp(min=1e-9)).nan_to_num(nan=torch.inf).max()  # NaN equals nothing
    return float(2 * stats.norm.sf(float(score)) * a.shape[1])
