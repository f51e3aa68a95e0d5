"""Gammas of groups of matrices, read off points: Gram matrix, first points, orthonormal points."""

from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.actions import GSpace, Matrix
from markovsym.errors import CompositionError, SpaceError
from markovsym.groups import (
    Cosets,
    FromTrivial,
    GeneralLinearGroup,
    Inclusion,
    LorentzGroup,
    OrthogonalGroup,
    PositiveDefinite,
    Root,
    Same,
    SpecialLinearGroup,
)
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gammas.moved import At, known, moved


def gram(X: GSpace, root: Root = Root.CHOLESKY) -> EquivariantKernel:
    """The sum of x x^T over the points: X -> GL(n)/O(n), the positive definite matrices.

    Args:
        X: A space of GL(n) in which it moves points, which must span R^n.
        root: The square root that represents a matrix.

    Raises:
        CompositionError: If no points in X are moved by GL(n).

    Source:
        Theory of this project, E14.
    """
    if not isinstance(X.group, GeneralLinearGroup):
        raise CompositionError(f"wanted a space of GL(n), got one of {X.group}")
    n = X.group.n
    cosets = Cosets(Inclusion(OrthogonalGroup(n), X.group), PositiveDefinite(n, root))
    place = _points(X)
    fact = "the Gram matrix of A x is A x x^T A^T"
    return known("Gram", At(_gram, place), X, cosets, fact)


def first_points(X: GSpace) -> EquivariantKernel:
    """The first n independent points as the columns of a matrix: X -> GL(n) or SL(n).

    For SL(n) the first column is divided by the determinant, which SL(n) leaves alone. A point
    counts as independent of those before if it is so up to the root of the rounding error; where
    the choice hangs on that, gamma is not continuous and not exactly equivariant.

    Args:
        X: A space of GL(n) or SL(n) in which it moves points, which must span R^n; no element may
            exchange the points.

    Raises:
        CompositionError: If no points in X are moved by such a group.

    Source:
        Theory of this project, E15 and E16.
    """
    match X.group:
        case GeneralLinearGroup():
            function = _independent
        case SpecialLinearGroup():
            function = _unit_volume
        case G:
            raise CompositionError(f"wanted a space of GL(n) or SL(n), got one of {G}")
    fact = "the first independent points of A x are A times those of x"
    return known("points", At(function, _points(X)), X, Cosets(FromTrivial(X.group)), fact)


def orthonormal_points(X: GSpace) -> EquivariantKernel:
    """The first n points V, made orthonormal for the form of the group: X -> O(n) or O(1, n - 1).

    It is V B, where B depends on the products of the points only, which the group leaves alone:
    with V^T eta V = U L U^T, B is U |L|^(-1/2), the columns in the order of eta. Generalised QR.

    Args:
        X: A space of O(n) or O(1, n - 1) in which it moves points, the first n of which must be
            independent, with different eigenvalues of their products; no element may exchange them.

    Raises:
        CompositionError: If no points in X are moved by such a group.

    Source:
        Theory of this project, E16.
    """
    match X.group:
        case OrthogonalGroup(n):
            eta = torch.ones(n, dtype=torch.float64)
        case LorentzGroup(n):
            eta = torch.ones(n, dtype=torch.float64)
            eta[0] = -1.0
        case G:
            raise CompositionError(f"wanted a space of O(n) or O(1, n - 1), got one of {G}")
    fact = "V B(V^T eta V) for points V"
    return known(
        "orthonormal",
        At(partial(_orthonormal, eta), _points(X)),
        X,
        Cosets(FromTrivial(X.group)),
        fact,
    )


def _points(X: GSpace) -> int:
    place, action = moved(X, Same(X.group), Matrix)
    shape = X.space.factors[place].shape
    if action.axes != (-1,) or action.dual or len(shape) != 2:
        raise CompositionError(f"wanted points, one a row, that {X.group} moves, got ({X})")
    return place


def _gram(x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n n"]:
    return x.mT @ x


def _independent(x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n n"]:
    n = x.shape[-1]
    index = _first_independent(x.detach())
    return x.gather(-2, index.unsqueeze(-1).expand(*index.shape, n)).mT


def _unit_volume(x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n n"]:
    V = _independent(x)
    first = V[..., :1] / torch.linalg.det(V)[..., None, None]
    return torch.cat([first, V[..., 1:]], dim=-1)


def _first_independent(x: Float[Tensor, "*batch point n"]) -> Int[Tensor, "*batch n"]:
    """The numbers of the first n points each of which is independent of those before.

    It is, if more of its length is at right angles to them than the root of what rounding leaves.
    """
    n, size, tolerance = x.shape[-1], x.norm(dim=-1), torch.finfo(x.dtype).eps ** 0.5
    rest, found = x, list[Tensor]()
    for _ in range(n):
        apart = rest.norm(dim=-1) > tolerance * size
        if not bool(apart.any(-1).all()):
            raise SpaceError(f"wanted points that span R^{n}, got some that do not")
        index = apart.int().argmax(-1)  # the first one
        found.append(index)
        chosen = rest.gather(-2, index[..., None, None].expand(*index.shape, 1, n))
        unit = chosen / chosen.norm(dim=-1, keepdim=True)
        rest = rest - (rest @ unit.mT) * unit
    return torch.stack(found, dim=-1)


def _orthonormal(eta: Tensor, x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n n"]:
    n = x.shape[-1]
    if x.shape[-2] < n:
        raise SpaceError(f"wanted at least {n} points, got {x.shape[-2]}")
    eta = eta.to(x)
    V = x[..., :n, :].mT
    values, U = torch.linalg.eigh(V.mT @ (eta.unsqueeze(-1) * V))  # ascending: the negative first
    return V @ (U * values.abs().rsqrt().unsqueeze(-2))
