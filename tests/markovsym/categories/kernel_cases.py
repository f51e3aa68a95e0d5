"""Functions, samplers and equivariant kernels, as cases of the laws."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, trivial
from markovsym.categories import Functions, Samplers
from markovsym.groups import O
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import UNIT, Object, space, value_of
from markovsym.symmetrise import (
    EquivariantKernel,
    EquivariantSamplers,
    declare_equivariant,
    haar,
    sym,
)
from markovsym.testing import law_difference
from tests.markovsym.categories.laws import Case

ALPHA = 1e-9
DRAWS = 1000


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=generator(seed))


def point(X: Object, seed: int, *batch: int) -> tuple[Tensor, ...]:
    """A point of a space without named sizes, repeated over a batch."""
    shapes = [tuple(map(int, factor.shape)) for factor in X.space.factors]
    one = [normal(*shape, seed=seed + i) for i, shape in enumerate(shapes)]
    return tuple(part.expand((*batch, *part.shape)) for part in one)


def network(X: Object, Y: Object, seed: int, noise: int = 0) -> Kernel:
    """A random layer from the entries of X, and of so many numbers of noise, to those of Y."""
    shapes = [tuple(map(int, factor.shape)) for factor in Y.space.factors]
    sizes = [torch.Size(shape).numel() for shape in shapes]
    width = sum(torch.Size(map(int, factor.shape)).numel() for factor in X.space.factors) + noise
    weight, bias = normal(width, sum(sizes), seed=seed), normal(sum(sizes), seed=seed + 1)
    events = [len(factor.shape) for factor in X.space.factors] + [1] * bool(noise)

    def layer(*x: Tensor) -> Tensor | tuple[Tensor, ...]:
        parts = zip(x, events, strict=True)
        flat = [part.reshape(*part.shape[: part.dim() - n], -1) for part, n in parts]
        hidden = (torch.cat(flat, -1) @ weight + bias).tanh() if flat else bias
        rows = zip(hidden.split(sizes, -1), shapes, strict=True)
        return value_of(tuple(row.reshape((*row.shape[:-1], *shape)) for row, shape in rows))

    if noise:
        return NoiseOutsourced(layer, space((noise,)), X, Y)
    return Deterministic(layer, X, Y)


def equal_at_points(f: Deterministic, g: Deterministic) -> bool:
    """Whether two functions agree at three points."""
    if (f.dom, f.cod) != (g.dom, g.cod):
        return False
    for seed in range(3):
        x = value_of(point(f.dom, seed))
        a, b = (k.sample(x, generator=generator(0)) for k in (f, g))
        pairs = zip(*(v if isinstance(v, tuple) else (v,) for v in (a, b)), strict=True)
        if not all(torch.allclose(one, other, atol=1e-5) for one, other in pairs):
            return False
    return True


def equal_in_law(f: Kernel, g: Kernel) -> bool:
    """Whether the laws of two kernels at a point have the same first and second moments."""
    if (f.dom, f.cod) != (g.dom, g.cod):
        return False
    x, rng = value_of(point(f.dom, 7, DRAWS)), generator(3)
    a, b = (k.sample(x, generator=rng, batch=(DRAWS,)) for k in (f, g))
    return law_difference(a, b) > ALPHA


def symmetrised(X: GSpace, Y: GSpace, seed: int) -> EquivariantKernel:
    """A random layer, made equivariant."""
    return sym(network(X, Y, seed, noise=3 * (seed % 3 > 0)), haar(GROUP, X))


def equivariant_function(X: GSpace, Y: GSpace, seed: int) -> EquivariantKernel:
    """Numbers are a random function of lengths and numbers, vectors so many times the sum."""

    def layer(*x: Tensor) -> Tensor | tuple[Tensor, ...]:
        vectors = [part for part, moves in zip(x, _moving(X), strict=True) if moves]
        numbers = [part for part, moves in zip(x, _moving(X), strict=True) if not moves]
        sizes = [*numbers, *(vector.norm(dim=-1) for vector in vectors)]
        total = sum((weights[i] * size for i, size in enumerate(sizes)), weights[-1]).tanh()
        arrow = sum(vectors) if vectors else total.new_zeros((*total.shape, 2))
        both = (total, total.unsqueeze(-1) * arrow)
        return value_of(tuple(both[moves] for moves in _moving(Y)))

    weights = normal(5, seed=seed)
    return declare_equivariant(Deterministic(layer, X, Y), GROUP)


def _moving(X: GSpace) -> list[bool]:
    return [bool(factor.shape) for factor in X.space.factors]


GROUP = O(2)
VECTOR, NUMBER = gspace((2,), matrix(GROUP)), gspace((), trivial(GROUP))
EQUIVARIANT = EquivariantSamplers(GROUP)
GSPACES = (EQUIVARIANT.unit, NUMBER, VECTOR, VECTOR @ NUMBER)
ISOTROPIC = NoiseOutsourced(lambda u: u, space((2,)), EQUIVARIANT.unit, VECTOR)
SPACES = (UNIT, space(()), space((2,)), space((2,)) @ space(()))

KERNEL_CASES = [
    Case(
        "Functions",
        Functions(),
        st.sampled_from(SPACES),
        network,
        network,
        compare=equal_at_points,
    ),
    Case(
        "Samplers",
        Samplers(),
        st.sampled_from(SPACES),
        lambda X, Y, seed: network(X, Y, seed, noise=3 * (seed % 3 > 0)),
        network,
        NoiseOutsourced(lambda u: u, space(()), UNIT, space(())),
        equal_in_law,
    ),
    Case(
        "EquivariantSamplers",
        EQUIVARIANT,
        st.sampled_from(GSPACES),
        symmetrised,
        equivariant_function,
        declare_equivariant(ISOTROPIC, GROUP),
        equal_in_law,
    ),
]
