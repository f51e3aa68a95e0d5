"""Groups read off their names."""

import re
from collections.abc import Callable, Mapping

from markovsym.errors import ReadingError
from markovsym.groups.cyclic import CyclicGroup, DihedralGroup
from markovsym.groups.euclidean import affine_group, euclidean, special_euclidean
from markovsym.groups.group import Group
from markovsym.groups.linear import GeneralLinearGroup, SpecialLinearGroup
from markovsym.groups.lorentz import LorentzGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.product import DirectProduct
from markovsym.groups.scaling import Scalings
from markovsym.groups.symmetric import SymmetricGroup
from markovsym.groups.translation import TranslationGroup
from markovsym.groups.unitary import UnitaryGroup

FAMILIES: Mapping[str, Callable[[int], Group]] = {
    "O": OrthogonalGroup,
    "SO": SpecialOrthogonalGroup,
    "U": UnitaryGroup,
    "GL": GeneralLinearGroup,
    "SL": SpecialLinearGroup,
    "T": TranslationGroup,
    "S": SymmetricGroup,
    "C": CyclicGroup,
    "D": DihedralGroup,
    "E": euclidean,
    "SE": special_euclidean,
    "Aff": affine_group,
}
"""The groups that have a letter and a number."""

_TOKENS = re.compile(r"O\(1,\s*(\d+)\)|([A-Z][A-Za-z]*)\((\w+)\)|(R\+)|([()x])|(\s+)|(.)")


def group_of(text: str) -> Group:
    """The group of a name, such as S(20) x O(3), O(1,3) or (S(4) x O(3)) x C(2): what str writes.

    Raises:
        ReadingError: If there is no such group.

    Example:
        >>> print(group_of("S(5) x O(3)"))
        S(5) x O(3)
    """
    tokens = [_token(match, text) for match in _TOKENS.finditer(text) if not match[6]]
    found, rest = _product(tokens, text)
    if rest:
        raise _unread(text)
    return found


def _product(tokens: list[Group | str], text: str) -> tuple[Group, list[Group | str]]:
    """A group, or groups with an x between them, and what follows."""
    found, rest = _factor(tokens, text)
    while rest and rest[0] == "x":
        other, rest = _factor(rest[1:], text)
        found = DirectProduct(found, other)
    return found, rest


def _factor(tokens: list[Group | str], text: str) -> tuple[Group, list[Group | str]]:
    match tokens:
        case [Group() as group, *rest]:
            return group, rest
        case ["(", *rest]:
            inner, rest = _product(rest, text)
            if rest[:1] == [")"]:
                return inner, rest[1:]
        case _:
            pass
    raise _unread(text)


def _token(match: re.Match[str], text: str) -> Group | str:
    lorentz, family, size, scalings, sign, _, strange = match.groups()
    if lorentz:
        return LorentzGroup(int(lorentz) + 1)
    if scalings:
        return Scalings()
    if strange or (family and family not in FAMILIES):
        raise _unread(text)
    return _member(family, size, text) if family else sign


def _member(family: str, size: str, text: str) -> Group:
    """The group of a family with a number; or S of a size that each batch brings along."""
    if family == "S" and not size.isdecimal():
        return SymmetricGroup(size)
    if not size.isdecimal():
        raise _unread(text)
    try:
        return FAMILIES[family](int(size))
    except ValueError as error:
        raise ReadingError(f"there is no group {text}: {error}") from None


def _unread(text: str) -> ReadingError:
    known = ", ".join(f"{name}(n)" for name in FAMILIES)
    return ReadingError(
        f"wanted a group such as O(3) or S(5) x O(3), of {known}, O(1,n) and R+; got {text!r}"
    )
