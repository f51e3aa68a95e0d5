"""Actions and homomorphisms of the library pass; each that is broken on purpose is named."""

from dataclasses import dataclass
from typing import Any, final

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    Action,
    GSpace,
    Matrix,
    Shift,
    Square,
    affine,
    gspace,
    matrix,
    permutation,
    regular,
    scaling,
    together,
    translation,
)
from markovsym.groups import (
    GL,
    SE,
    Aff,
    C,
    D,
    Determinant,
    Direct,
    E,
    Element,
    FactorInclusion,
    FactorProjection,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    O,
    PermutationMatrices,
    S,
    Scalings,
    Sign,
    T,
    U,
    rotations,
    symmetries_of_polygon,
)
from markovsym.spaces import CentreFree, Kind, Space
from markovsym.testing import check_action, check_homomorphism

SPACES = [
    gspace((4, 3), matrix(O(3))),
    gspace((4, 3), matrix(O(3)), constraint=CentreFree()),
    gspace((3, 3), Matrix(GL(3), axes=(-2,), dual=(-1,))),
    gspace((2, 2), Matrix(GL(2), axes=(-2, -1))),
    gspace((4, 2), matrix(U(2)), Kind.COMPLEX),
    gspace((4, 2), affine(E(2))) @ regular(E(2)),
    gspace((4, 2), affine(Aff(2))),
    gspace(("point", 3), affine(SE(3))),
    gspace((5, 3), together(permutation(S(5)), matrix(O(3)))),
    gspace((2, 2), translation(T(2))),
    gspace((2, 2), scaling(Scalings(), 2.0)),
    gspace((2, 8), Shift(C(4))),
    gspace((3, 3), Square(D(4))),
]


@pytest.mark.parametrize("X", SPACES, ids=str)
def test_the_actions_of_the_library_pass(X: GSpace) -> None:
    check_action(X)


HOMOMORPHISMS = [
    FromTrivial(O(2)),
    FactorInclusion(E(3), "left"),
    FactorInclusion(E(3), "right"),
    FactorProjection(Direct(S(3), O(2)), "left"),
    Determinant(GL(3)),
    Determinant(U(2)),
    Sign(5),
    PermutationMatrices(4),
    FixingAxes(4, 2),
    FixingPlaces(5, 2),
    Inclusion(O(3), GL(3)),
    rotations(7),
    symmetries_of_polygon(5),
    FixingAxes(3, 1) >> Inclusion(O(3), GL(3)),
]


@pytest.mark.parametrize("phi", HOMOMORPHISMS, ids=str)
def test_the_homomorphisms_of_the_library_pass(phi: Homomorphism) -> None:
    check_homomorphism(phi)


@dataclass(frozen=True)
class Broken(Action):
    """Matrices on points, but for one fault."""

    fault: str

    @property
    def group(self) -> Group:
        return GL(2)

    @property
    def affine(self) -> bool:
        return True

    def fits(self, space: Space) -> bool:
        return True

    def __call__(self, g: Element, x: Any) -> Any:
        match self.fault:
            case "transposed":
                return x @ g
            case "shifted":
                return matrix(GL(2))(g, x) + 1
            case "rounded":
                return matrix(GL(2))(g.float(), x.float())
            case "warped":
                return matrix(GL(2))(g, x.sign() * x.abs().sqrt()).abs().square()
            case "cubic":
                moved = matrix(GL(2))(g, x**3)
                return moved.sign() * moved.abs() ** (1 / 3)
            case "rows":
                rows = torch.linalg.det(g).abs().log()[..., None] * torch.arange(x.shape[-2])
                return matrix(GL(2))(g, x) * rows.exp().unsqueeze(-1)
            case _:
                return matrix(GL(2))(g, x)

    def log_volume(self, g: Element, x: Any, space: Space) -> Tensor:
        right = matrix(GL(2)).log_volume(g, x, space)
        return -right if self.fault == "shrunk" else right


@pytest.mark.parametrize(
    ("fault", "law"),
    {
        "transposed": r"\(g h\)\.x = g\.\(h\.x\); at .* and ",
        "shifted": r"e\.x = x; at the identity$",
        "rounded": r"e\.x = x; at the identity$",
        "warped": r"e\.x = x; at the identity$",
        "cubic": r"the mean of g\.x is g\. the mean of x, as the action is affine; at ",
        "shrunk": r"log \|det\| is what log_volume says, .* \(by differences .*\); at ",
    }.items(),
)
def test_a_broken_action_is_told_by_its_law(fault: str, law: str) -> None:
    with pytest.raises(AssertionError, match=rf"breaks the law: {law}"):
        check_action(gspace((3, 2), Broken(fault)))


def test_an_action_that_leaves_its_space_is_told() -> None:
    X = gspace((3, 2), Broken("rows"), constraint=CentreFree())
    with pytest.raises(AssertionError, match=r"breaks the law: g\.x is in X; at "):
        check_action(X)


@final
@dataclass(frozen=True)
class Wrong(Homomorphism):
    """A map of O(3) that is no homomorphism, or does not end in O(3)."""

    fault: str

    @property
    def dom(self) -> O:
        return O(3)

    @property
    def cod(self) -> O:
        return O(3)

    def __call__(self, h: Tensor) -> Tensor:
        match self.fault:
            case "inverse":
                return h.mT
            case "minus":
                return -h
            case _:
                return 0 * h


@pytest.mark.parametrize(
    ("fault", "law"),
    {
        "inverse": r"phi\(g h\) = phi\(g\) phi\(h\); at .* and ",
        "minus": r"phi\(e\) = e; at the identity$",
        "nothing": r"phi\(e\) = e; at the identity$",
    }.items(),
)
def test_a_wrong_homomorphism_is_told_by_its_law(fault: str, law: str) -> None:
    with pytest.raises(AssertionError, match=rf"breaks the law: {law}"):
        check_homomorphism(Wrong(fault))


def test_a_homomorphism_that_ends_elsewhere_is_told() -> None:
    with pytest.raises(AssertionError, match=r"breaks the law: phi\(g\) is in O\(2\); at "):
        check_homomorphism(Elsewhere())


@final
@dataclass(frozen=True)
class Elsewhere(Homomorphism):
    """GL(2) in O(2), which it is not."""

    @property
    def dom(self) -> GL:
        return GL(2)

    @property
    def cod(self) -> O:
        return O(2)

    def __call__(self, h: Tensor) -> Tensor:
        return h
