"""Symmetrised kernels written out by hand, each with one fault, and the probes that show it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import pytest
import torch
from torch import Tensor

from markovsym.actions import gspace, matrix, regular
from markovsym.groups import SO, O, gram_schmidt
from markovsym.kernels import Kernel, NoiseOutsourced, Randomness
from markovsym.spaces import Value, space
from markovsym.symmetrise import haar, recursive, sym
from markovsym.testing import equivariance_in_law

ALPHA = 1e-9
G = O(3)
X = gspace((5, 3), matrix(G))
M = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]])
MINUS = -torch.eye(3)
QUARTER = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
CYCLE = torch.eye(3).roll(1, 0)
GENERIC = MINUS @ torch.linalg.matrix_exp(
    torch.tensor([[0.0, -0.7, 0.4], [0.7, 0, -1.1], [-0.4, 1.1, 0]])
)
ELEMENTS = [MINUS, QUARTER, CYCLE, GENERIC]


def normal(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def centre(x: Tensor) -> Tensor:
    return x - x.mean(-2, keepdim=True)


OFFSET, POINT = centre(normal(5, 3, seed=1)), centre(normal(5, 3, seed=2))
INNER, OUTER = 1.5 / 18**0.5 * normal(18, 32, seed=3), 1.5 / 32**0.5 * normal(32, 9, seed=4)

# a frame is a function of points and noise


def no_frame(x: Tensor, v: Tensor) -> Tensor:
    return torch.eye(3).expand(*x.shape[:-2], 3, 3)


def sharp_frame(x: Tensor, v: Tensor) -> Tensor:
    """Equivariant by itself, and without noise."""
    return gram_schmidt(x[..., :3, :].mT)[0]


def mixed_frame(x: Tensor, v: Tensor) -> Tensor:
    hidden = (torch.cat([x.flatten(-2), v], -1) @ INNER).tanh()
    return gram_schmidt((hidden @ OUTER).unflatten(-1, (3, 3)))[0]


def mean(x: Tensor) -> Tensor:
    """As far from equivariant as can be; affine, not odd, lest -1 commute with it."""
    return centre(x @ M.mT + OFFSET)


def noise(x: Tensor, u: Tensor) -> Tensor:
    """Noise of another size along each axis."""
    scale = torch.tensor([0.8, 0.0, -0.8]).exp() * (0.3 * x[..., :1, :].tanh()).exp()
    return 0.3 * scale * centre(u)


def uniform(n: int, generator: torch.Generator) -> Tensor:
    return G.haar(n, generator=generator)


def uniform_rotation(n: int, generator: torch.Generator) -> Tensor:
    return SO(3).haar(n, generator=generator)


def raw_qr(n: int, generator: torch.Generator) -> Tensor:
    Q, _ = torch.linalg.qr(torch.randn(n, 3, 3, generator=generator))
    return Q


def turned(Q: Tensor) -> Tensor:
    """The nearest thing of determinant 1, in three dimensions."""
    return Q * torch.linalg.det(Q)[..., None, None]


@dataclass(frozen=True)
class Steps:
    """What the kernel of SymDiff does, in steps that can be exchanged. Points are rows."""

    frame: Callable[[Tensor, Tensor], Tensor]
    base: Callable[[int, torch.Generator], Tensor] = uniform
    compose: Callable[[Tensor, Tensor], Tensor] = lambda R0, f: R0 @ f
    pull: Callable[[Tensor, Tensor], Tensor] = lambda R, x: x @ R
    push: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda R, m, n: (m + n) @ R.mT


@final
class Handmade(Kernel):
    """The kernel with these steps."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(X, X)
        self.steps = steps

    def draw(self, value: Value, source: Randomness) -> Value:
        steps, n, generator = self.steps, len(value), source.generator
        R0 = steps.base(n, generator)
        f = steps.frame(value @ R0, torch.randn(n, 3, generator=generator))
        R = steps.compose(R0, f)
        moved = steps.pull(R, value)
        u = torch.randn(n, 5, 3, generator=generator)
        return steps.push(R, mean(moved), noise(moved, u))


PROBES = {"haar": Steps(no_frame), "sharp": Steps(sharp_frame), "mixed": Steps(mixed_frame)}
EVERY = {"haar", "sharp", "mixed"}

# each fault: the steps that it changes, the probes that show it, those under which it is none
FAULTS: dict[str, tuple[dict[str, Callable[..., Tensor]], set[str], set[str]]] = {
    "QR without the signs": ({"base": raw_qr}, {"haar", "mixed"}, {"sharp"}),
    "SO(3) for O(3)": (
        {"base": uniform_rotation, "compose": lambda R0, f: R0 @ turned(f)},
        EVERY,
        set(),
    ),
    "no inverse": ({"pull": lambda R, x: x @ R.mT}, EVERY, set()),
    "R and its transpose exchanged": (
        {"pull": lambda R, x: x @ R.mT, "push": lambda R, m, n: (m + n) @ R},
        {"sharp", "mixed"},
        {"haar"},
    ),
    "R0 forgotten": ({"compose": lambda R0, f: f}, {"haar", "mixed"}, {"sharp"}),
    "as released, R = f R0^T": ({"compose": lambda R0, f: f @ R0.mT}, {"sharp"}, {"haar"}),
    "noise not rotated": ({"push": lambda R, m, n: m @ R.mT + n}, EVERY, set()),
}
SHOWN = [(fault, probe) for fault, (_, shown, _) in FAULTS.items() for probe in sorted(shown)]
HIDDEN = [(fault, probe) for fault, (_, _, none) in FAULTS.items() for probe in sorted(none)]


@pytest.mark.parametrize(("fault", "probe"), SHOWN)
def test_a_fault_is_seen(fault: str, probe: str, generator: torch.Generator) -> None:
    k = Handmade(replace(PROBES[probe], **FAULTS[fault][0]))
    assert equivariance_in_law(k, POINT, ELEMENTS, generator=generator).p < ALPHA


@pytest.mark.parametrize(("fault", "probe"), HIDDEN)
def test_what_is_no_fault_under_a_probe_is_not_called_one(
    fault: str, probe: str, generator: torch.Generator
) -> None:
    k = Handmade(replace(PROBES[probe], **FAULTS[fault][0]))
    assert equivariance_in_law(k, POINT, ELEMENTS, generator=generator).p > 1e-4


@pytest.mark.parametrize("probe", PROBES)
def test_the_kernel_without_a_fault_passes(probe: str, generator: torch.Generator) -> None:
    k = Handmade(PROBES[probe])
    assert equivariance_in_law(k, POINT, ELEMENTS, generator=generator).p > 1e-4


@pytest.mark.parametrize("probe", PROBES)
def test_the_kernel_that_the_library_builds_passes(probe: str, generator: torch.Generator) -> None:
    learned = NoiseOutsourced(PROBES[probe].frame, space((3,)), X, regular(G))
    k = NoiseOutsourced(lambda x, u: mean(x) + noise(x, u), space((5, 3)), X, X)
    s = sym(k, recursive(haar(G, X), learned))
    assert equivariance_in_law(s, POINT, ELEMENTS, generator=generator).p > 1e-4


def test_a_kernel_equivariant_in_mean_only_is_seen(generator: torch.Generator) -> None:
    lab = torch.tensor([1.0, 1.0, 1.2])
    k = NoiseOutsourced(
        lambda x, u: x * x.norm(dim=-1, keepdim=True).tanh() + 0.3 * lab * u, X, X, X
    )
    assert equivariance_in_law(k, POINT, ELEMENTS, generator=generator).p < ALPHA


def test_elements_of_determinant_one_do_not_show_that_reflections_are_missing(
    generator: torch.Generator,
) -> None:
    k = Handmade(replace(PROBES["mixed"], **FAULTS["SO(3) for O(3)"][0]))
    assert equivariance_in_law(k, POINT, [QUARTER, CYCLE], generator=generator).p > 1e-4
