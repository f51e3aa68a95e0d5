"""Principal axes as gamma, with random signs, and random axes where the spectrum is degenerate."""

from itertools import product
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import GSpace, Matrix, regular
from markovsym.errors import CompositionError, NotFiniteError
from markovsym.groups import OrthogonalGroup, Same, SpecialOrthogonalGroup
from markovsym.kernels import Atoms, FiniteKernel, Randomness
from markovsym.randomness import Source, normal, uniform
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gammas.moved import moved
from markovsym.symmetrise.why import Theorem

SAME = 1e-5
"""Eigenvalues are equal if neighbours differ by less than this part of the largest one."""


@final
class PrincipalAxes(FiniteKernel, EquivariantKernel):
    """The eigenvectors of the second moments of the points; make it with ``principal_axes``."""

    def __init__(self, X: GSpace, place: int) -> None:
        super().__init__(X, regular(X.group))
        self.place = place
        self.why = Theorem(X.group, "the axes of Q x are Q times those of x, in law")

    def atoms(self, value: Value) -> Atoms:
        """The axes with every choice of signs.

        Raises:
            NotFiniteError: If two axes are equally long: then any turn between them will do.
        """
        values, axes = self._axes(value)
        if bool(_same(values).any()):
            raise NotFiniteError(
                "the points have two principal axes of one length, so their frame is not finite; "
                "draw from it instead"
            )
        n = values.shape[-1]
        signs = torch.tensor(list(product([1.0, -1.0], repeat=n)), dtype=axes.dtype).to(axes.device)
        frames = axes.unsqueeze(-3) * signs.unsqueeze(-2)
        if isinstance(self.group, SpecialOrthogonalGroup):
            frames = _proper(frames[..., ::2, :, :])  # the last sign is that of the determinant
        weights = torch.full(frames.shape[:-2], 1 / frames.shape[-3], dtype=axes.dtype)
        return Atoms(weights.to(axes.device), frames)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The axes with random signs, and turned at random within those of one length."""
        values, axes = self._axes(value)
        frames = axes @ _within(_same(values), axes.dtype, source.generator)
        u = uniform(*values.shape, generator=source.generator, dtype=axes.dtype)
        frames = frames * torch.where(u < 0.5, -1.0, 1.0).to(axes.dtype).unsqueeze(-2)
        return _proper(frames) if isinstance(self.group, SpecialOrthogonalGroup) else frames

    @torch.no_grad()
    def _axes(self, value: Value) -> tuple[Tensor, Tensor]:
        """Second moments along the axes, and the axes; their gradient would be infinite at ties."""
        x = parts_of(value)[self.place]
        return torch.linalg.eigh(x.mT @ x)


def principal_axes(X: GSpace) -> PrincipalAxes:
    """The principal axes of the points, each with a random sign: X -> O(n) or SO(n).

    Where the spectrum is degenerate, the axes of one length are turned at random, so that gamma is
    equivariant in law at symmetric inputs too. No gradient flows through it.

    Args:
        X: A space of O(n) or SO(n) in which it moves points.

    Raises:
        CompositionError: If no points in X are moved by such a group.

    Source:
        Puny et al. (2022), section 3.1, for a simple spectrum.
    """
    if not isinstance(X.group, OrthogonalGroup | SpecialOrthogonalGroup):
        raise CompositionError(f"wanted a space of O(n) or SO(n), got one of {X.group}")
    place, action = moved(X, Same(X.group), Matrix)
    if action.axes != (-1,) or action.dual:
        raise CompositionError(f"wanted points that {X.group} moves, got ({X})")
    return PrincipalAxes(X, place)


def _same(values: Float[Tensor, "*batch n"]) -> Tensor:
    """Where an eigenvalue equals the one before it."""
    return values.diff(dim=-1) <= SAME * values.abs().amax(-1, keepdim=True)


def _within(same: Tensor, dtype: torch.dtype, generator: Source) -> Tensor:
    """Random orthogonal matrices that mix only axes of one length, Haar within each set of them."""
    label = torch.nn.functional.pad((~same).long().cumsum(-1), (1, 0))
    alike = label.unsqueeze(-1) == label.unsqueeze(-2)
    n = label.shape[-1]
    noise = normal(*label.shape, n, generator=generator, dtype=dtype)
    # eigenvectors of a random symmetric matrix are Haar; blocks are kept in order by their offsets
    blocks = torch.where(alike, noise + noise.mT, 0.0)
    offsets = torch.diag_embed(label.to(dtype) * (4 * blocks.norm(dim=(-2, -1)) + 1).unsqueeze(-1))
    return torch.linalg.eigh(blocks + offsets).eigenvectors


def _proper(frames: Tensor) -> Tensor:
    """The same axes, the last one turned round where they are left-handed."""
    sign = torch.linalg.det(frames).sign()[..., None, None]
    return torch.cat([frames[..., :-1], frames[..., -1:] * sign], dim=-1)
