"""The kernel of SymDiff on five points, written out in steps that can be exchanged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, regular, trivial
from markovsym.groups import O, gram_schmidt
from markovsym.kernels import Kernel, Randomness
from markovsym.randomness import Source, normal
from markovsym.spaces import CentreFree, Value, parts_of
from markovsym.testing.seeds import derived

Points = Float[Tensor, "*batch 5 3"]
Frame = Callable[[Tensor, Tensor], Float[Tensor, "*batch 3 3"]]

G = O(3)
POINTS = gspace((5, 3), matrix(G), constraint=CentreFree())
"""Where the kernels start and end: five points, one a row, centred."""
STILL = gspace((3,), trivial(G)) @ gspace((5, 3), trivial(G))
"""What the frame and eps draw: it lives where nothing moves it."""
NOISE = regular(G) @ STILL
"""R0, which g multiplies from the left, and the rest."""

FULL = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]])
"""As far from equivariant as can be: every entry is there, and it is not normal."""
AXES = torch.tensor([0.8, 0.0, -0.8]).exp()
"""Noise is of another size along each axis."""


def _weights(*shape: int) -> Tensor:
    """Gain 1.5 and one input layer of fan-in ``shape[0]``."""
    rng = derived("weights", str(shape))
    return 1.5 / shape[0] ** 0.5 * normal(*shape, generator=rng, dtype=torch.float64)


FLAT = 1e-3
"""Three points whose volume is less, were they at length 1, span no frame."""

OFFSET, INNER, OUTER = _weights(5, 3), _weights(18, 32), _weights(32, 9)


def no_frame(x: Tensor, v: Tensor) -> Tensor:
    """The identity: gamma is Haar."""
    return torch.eye(3).to(x).expand(*x.shape[:-2], 3, 3)


def sharp_frame(x: Tensor, v: Tensor) -> Tensor:
    """Gram and Schmidt of the first three points: equivariant by itself, and without noise.

    Where they lie flat it is the identity, by a margin that rounding does not cross.
    """
    m = x[..., :3, :].mT
    flat = torch.linalg.det(m).abs() <= FLAT * m.norm(dim=-2).prod(-1)
    eye = torch.eye(3).to(x)
    return gram_schmidt(torch.where(flat[..., None, None], eye, m))[0]


def mixed_frame(x: Tensor, v: Tensor) -> Tensor:
    """A random network of the points and of noise."""
    hidden = (torch.cat([x.flatten(-2), v], -1) @ INNER.to(x)).tanh()
    return gram_schmidt((hidden @ OUTER.to(x)).unflatten(-1, (3, 3)))[0]


def affine(x: Points) -> Points:
    """Affine and not odd, lest minus the identity commute with it."""
    return centred(x @ FULL.to(x).mT + OFFSET.to(x))


def centred(x: Points) -> Points:
    """The points less their mean."""
    return x - x.mean(-2, keepdim=True)


def along_axes(x: Points) -> Float[Tensor, "*batch 1 3"]:
    """The size of the noise along each axis, as the first point has it."""
    return 0.3 * AXES.to(x) * (0.3 * x[..., :1, :].tanh()).exp()


def haar(n: int, source: Source, dtype: torch.dtype) -> Float[Tensor, "n 3 3"]:
    """R0 as it should be."""
    return G.haar(n, generator=source, dtype=dtype)


@final
@dataclass(frozen=True, kw_only=True)
class Steps:
    """What the kernel does. Points are rows, so that R x is written x R^T."""

    frame: Frame = no_frame
    """f of the points, as R0^T has moved them, and of noise."""
    base: Callable[[int, Source, torch.dtype], Tensor] = haar
    """How R0 is drawn."""
    compose: Callable[[Tensor, Tensor], Tensor] = torch.matmul
    """R of R0 and f."""
    pull: Callable[[Tensor, Tensor], Tensor] = lambda R, x: x @ R
    """R^T x."""
    push: Callable[[Tensor, Tensor], Tensor] = lambda R, y: y @ R.mT
    """R y."""
    mean: Callable[[Points], Points] = affine
    eps: Callable[[Points], Points] = centred
    """The noise, made of independent normal numbers."""
    widths: Callable[[Points], Tensor] = along_axes
    noise_moves: bool = True
    """Whether R moves the noise, and not the mean alone."""

    def gamma(self, x: Tensor, R0: Tensor, v: Tensor, u: Tensor) -> Float[Tensor, "*batch 3 3"]:
        """R."""
        return self.compose(R0, self.frame(x @ R0, v))

    def __call__(self, x: Tensor, R0: Tensor, v: Tensor, u: Tensor) -> Points:
        """R (mean(R^T x) + noise)."""
        R = self.gamma(x, R0, v, u)
        moved = self.pull(R, x)
        noise = self.widths(moved) * self.eps(u)
        return self.push(R, self.mean(moved) + noise) if self.noise_moves else (
            self.push(R, self.mean(moved)) + noise
        )  # fmt: skip


@final
class Drawn(Kernel):
    """What the steps draw: R0, noise of the frame, eps."""

    def __init__(self, steps: Steps, noise: GSpace = NOISE) -> None:
        super().__init__(noise.unit, noise)
        self.steps = steps

    def draw(self, value: Value, source: Randomness) -> Value:
        """One of each for each point of the batch."""
        (n,), rng, dtype = source.batch, source.generator, source.dtype
        shapes = ((n, 3), (n, 5, 3))
        return (
            self.steps.base(n, rng, dtype),
            *(normal(*shape, generator=rng, dtype=dtype) for shape in shapes),
        )


@final
class Handmade(Kernel):
    """The kernel of these steps, from five points to five points; or of some other function."""

    def __init__(
        self,
        steps: Steps,
        function: Callable[..., Tensor] | None = None,
        Y: GSpace = POINTS,
        noise: GSpace = NOISE,
    ) -> None:
        super().__init__(POINTS, Y)
        self.function = function or steps
        self.noise = Drawn(steps, noise)
        """The law of what it draws, and how a group moves that."""

    def draw(self, value: Value, source: Randomness) -> Value:
        """The function at fresh noise."""
        (x,) = parts_of(value)
        drawn = Randomness(source.generator, (len(x),), x.dtype)
        return self.function(x, *parts_of(self.noise.draw((), drawn)))


PROBES: Mapping[str, Steps] = {
    "haar": Steps(),
    "sharp": Steps(frame=sharp_frame),
    "mixed": Steps(frame=mixed_frame),
}
"""The kernel without a fault, under three gammas: no one of them shows every fault."""
