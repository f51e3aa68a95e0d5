"""Deterministic gammas: canonicalisations by a point, a matrix or a size of the input."""

from collections.abc import Callable
from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from markovsym.actions import GSpace, Scaling, Translation, coset_space
from markovsym.errors import CompositionError
from markovsym.groups import (
    Cosets,
    FactorInclusion,
    FromTrivial,
    Group,
    Homomorphism,
    PairGroup,
    Same,
    Scalings,
    TranslationGroup,
)
from markovsym.kernels import Deterministic
from markovsym.spaces import Value
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.existence import require_gamma
from markovsym.symmetrise.gammas.moved import At, known, moved
from markovsym.symmetrise.why import Declared


def canonical(
    function: nn.Module | Callable[..., Value], X: GSpace, target: Group | Cosets
) -> EquivariantKernel:
    """Gamma that is a function h: X -> G/H, which the caller states to be equivariant.

    Symmetrising with it is canonicalisation: h(x) . k(h(x)^-1 . x).

    Args:
        function: Any callable or torch module, equivariant; that is taken on trust.
        X: Where it starts.
        target: G, or the cosets G/H.

    Raises:
        NoGammaError: If no gamma can be equivariant.

    Source:
        Kaba et al. (2023), equation 2.
    """
    cosets = target if isinstance(target, Cosets) else Cosets(FromTrivial(target))
    require_gamma(X, cosets)
    kernel = Deterministic(function, X, coset_space(cosets))
    return Known(kernel, None, Declared(cosets.group))


def centroid(X: GSpace) -> EquivariantKernel:
    """The mean of the points, as the translation to symmetrise with: X -> T(n).

    Args:
        X: A space of T(n), or of a semidirect product of translations and what moves them, as E(n).

    Raises:
        CompositionError: If nothing in X is moved by translations.

    Source:
        Theory of this project, E9, E12 and E13.
    """
    cosets, phi = _translations(X.group)
    require_gamma(X, cosets)
    place, _ = moved(X, phi, Translation)
    fact = "the mean of the moved points is the mean, moved"
    return known("centroid", At(_mean, place), X, cosets, fact)


def chosen_point(X: GSpace, which: int = 0) -> EquivariantKernel:
    """One of the points, as the translation to symmetrise with: X -> T(n).

    Args:
        X: A space of T(n), or of a semidirect product of translations and what moves them, as E(n);
            no element may exchange the points.
        which: Number of the point.

    Raises:
        CompositionError: If nothing in X is moved by translations.

    Source:
        Theory of this project, E9.
    """
    cosets, phi = _translations(X.group)
    require_gamma(X, cosets)
    place, _ = moved(X, phi, Translation)
    fact = "a point of the moved points is the point, moved"
    return known("point", At(partial(_row, which), place), X, cosets, fact)


def size(X: GSpace) -> EquivariantKernel:
    """The length of the input, as the number to scale by: X -> R+.

    Args:
        X: A space of the positive scalings; the input must not be zero.

    Raises:
        CompositionError: If nothing in X is scaled.

    Source:
        Theory of this project, E16.
    """
    if not isinstance(X.group, Scalings):
        raise CompositionError(f"wanted a space of {Scalings()}, got one of {X.group}")
    cosets = Cosets(FromTrivial(X.group))
    require_gamma(X, cosets)
    place, action = moved(X, Same(X.group), Scaling)
    dims = len(X.space.factors[place].shape)
    fact = "the length of s^p x is s^p times that of x"
    return known("size", At(partial(_length, dims, action.power), place), X, cosets, fact)


def _mean(x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n"]:
    return x.mean(-2)


def _row(which: int, x: Float[Tensor, "*batch point n"]) -> Float[Tensor, "*batch n"]:
    return x[..., which, :]


def _length(dims: int, power: float, x: Tensor) -> Tensor:
    """The number whose power is the length of an event of so many dimensions."""
    return x.flatten(x.dim() - dims).norm(dim=-1) ** (1 / power)


def _translations(G: Group) -> tuple[Cosets, Homomorphism]:
    """T(n) as cosets of G, and its inclusion."""
    match G:
        case TranslationGroup():
            return Cosets(FromTrivial(G)), Same(G)
        case PairGroup(factors=(TranslationGroup(), _)):
            linear = FactorInclusion(G, "right")
            return Cosets(linear), linear.other
        case _:
            raise CompositionError(f"wanted translations, or a group such as E(3), got {G}")
