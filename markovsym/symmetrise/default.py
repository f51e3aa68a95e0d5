"""A gamma and a space for each group, where nothing else is asked for."""

from markovsym.actions import (
    GSpace,
    affine,
    gspace,
    matrix,
    permutation,
    restrict,
    together,
    translation,
)
from markovsym.errors import CompositionError
from markovsym.groups import (
    DirectProduct,
    GeneralLinearGroup,
    Group,
    LorentzGroup,
    MatrixGroup,
    Scalings,
    SemidirectProduct,
    SpecialLinearGroup,
    SymmetricGroup,
    TranslationGroup,
)
from markovsym.symmetrise.composite import composite
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.gammas import centroid, first_points, gram, haar, orthonormal_points, size


def default_gamma(X: GSpace) -> EquivariantKernel:
    """A gamma: X -> G that needs no choice: Haar where there is one, else read off the points.

    Translations are those of the centroid, scalings by the length; GL(n) takes the Gram matrix and
    then Haar of O(n), SL(n) its first independent points, O(1, n - 1) its first n points.

    Raises:
        CompositionError: If none is known for the group, or X holds nothing to read it off.
        NoGammaError: If there is none.
    """
    match X.group:
        case TranslationGroup():
            return centroid(X)
        case Scalings():
            return size(X)
        case GeneralLinearGroup():
            first = gram(X)
            return composite(first, default_gamma(restrict(X, cosets_of(first).phi)))
        case SpecialLinearGroup():
            return first_points(X)
        case LorentzGroup():
            return orthonormal_points(X)
        case SemidirectProduct(factors=(TranslationGroup(), _)):
            first = centroid(X)
            return composite(first, default_gamma(restrict(X, cosets_of(first).phi)))
        case G:
            return haar(G, X)


def natural(group: Group) -> GSpace:
    """The space on which a group acts before all others.

    Groups of matrices and of motions move points, one a row; S(n) orders rows; S(n) x G does
    both.

    Raises:
        CompositionError: If there is no such space.
    """
    match group:
        case MatrixGroup(n=n):
            return gspace(("point", n), matrix(group), group.kind)
        case TranslationGroup(n):
            return gspace(("point", n), translation(group))
        case SymmetricGroup(n):
            return gspace((n, "feature"), permutation(group))
        case SemidirectProduct():
            action = affine(group)
            return gspace(("point", action.left.group.space.factors[0].shape[0]), action)
        case DirectProduct(SymmetricGroup(n) as S, MatrixGroup() as G):
            return gspace((n, G.n), together(permutation(S), matrix(G)), G.kind)
        case _:
            raise CompositionError(
                f"no space is known for {group}; hand one over, as dom = gspace(shape, action)"
            )
