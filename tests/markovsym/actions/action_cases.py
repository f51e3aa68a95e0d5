"""Actions and what they act on; a new action is one more line in ``CASES``."""

from dataclasses import dataclass

import torch

from markovsym.actions import (
    Action,
    CosetAction,
    Matrix,
    Permutation,
    Restricted,
    Scaling,
    Shift,
    Square,
    Together,
    Translation,
    Trivial,
    affine,
)
from markovsym.groups import (
    GL,
    SE,
    SL,
    SO,
    Aff,
    C,
    Cosets,
    D,
    Determinant,
    Direct,
    E,
    Element,
    FactorInclusion,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Inclusion,
    Inversion,
    LorentzGroup,
    O,
    PermutationMatrices,
    S,
    Same,
    Scalings,
    Semidirect,
    Sign,
    T,
    TrivialGroup,
    U,
)
from markovsym.spaces import FREE, CentreFree, Constraint, Kind, Space, Value, parts_of, value_of
from markovsym.spaces import space as space_of

P, NESTED = Direct(S(4), O(3)), Direct(S(3), E(2))
LEFT, RIGHT = (FactorInclusion(P, side) for side in ("left", "right"))
BOTH = Together(P, Permutation(S(4)), Matrix(O(3)))


@dataclass(frozen=True)
class Case:
    """An action, and the event shape of what it acts on; of cosets, it is theirs."""

    action: Action
    shape: tuple[int, ...] = ()
    constraint: Constraint = FREE
    kind: Kind = Kind.REAL

    def __str__(self) -> str:
        on = "cosets" if isinstance(self.action, CosetAction) else f"{self.kind.name} {self.shape}"
        return f"{self.action} on {on}"

    @property
    def space(self) -> Space:
        if isinstance(self.action, CosetAction):
            return self.action.cosets.space
        return space_of(self.shape, self.kind, self.constraint)

    def element(self, seed: int, *batch: int) -> Element:
        """A group element, in double precision."""
        generator = torch.Generator().manual_seed(seed)
        return self.action.group.random(*batch, generator=generator, dtype=torch.float64)

    def value(self, seed: int, *batch: int) -> Value:
        """Something to act on, in double precision."""
        if isinstance(self.action, CosetAction):
            return self.action.cosets.project(self.element(seed, *batch))
        generator = torch.Generator().manual_seed(seed)
        shape = (*batch, *self.shape)
        if self.kind in (Kind.INTEGER, Kind.BOOLEAN):
            return torch.randint(2, shape, generator=generator).to(self.kind.dtype())
        x = torch.randn(shape, generator=generator, dtype=self.kind.dtype(torch.float64))
        return x - x.mean(-2, keepdim=True) if self.constraint == CentreFree() else x


def entry(value: Element | Value, *index: int) -> Value:
    """One entry of a batch."""
    return value_of(tuple(part[index] for part in parts_of(value)))


CASES = [
    Case(Trivial(O(3)), (5, 3)),
    Case(Trivial(E(3)), (5,), kind=Kind.INTEGER),
    Case(Matrix(O(3)), (3,)),
    Case(Matrix(O(3)), (5, 3)),
    Case(Matrix(O(3)), (2, 5, 3)),
    Case(Matrix(SO(2)), (4, 2)),
    Case(Matrix(O(2)), (4, 2), CentreFree()),
    Case(Matrix(GL(2), (), (-1,)), (4, 2), CentreFree()),
    Case(Matrix(GL(3)), (5, 3)),
    Case(Matrix(SL(2)), (5, 2)),
    Case(Matrix(LorentzGroup(3)), (3,)),
    Case(Matrix(U(2)), (5, 2), kind=Kind.COMPLEX),
    Case(Matrix(U(2), (-2,), (-1,)), (2, 2), kind=Kind.COMPLEX),
    Case(Matrix(GL(2), (-2,), (-1,)), (2, 2)),
    Case(Matrix(GL(2), (-2, -1)), (2, 2)),
    Case(Matrix(GL(2), (), (-2, -1)), (2, 2)),
    Case(Matrix(GL(2), (-3, -1)), (2, 4, 2)),
    Case(Matrix(GL(2), (-3,), (-2,)), (2, 2, 3)),
    Case(Matrix(O(3), ()), (5,)),
    Case(Permutation(S(4)), (4, 3)),
    Case(Permutation(S(4)), (4, 3), CentreFree()),
    Case(Permutation(S(4), (-1,)), (4,)),
    Case(Permutation(S(4), (-1,)), (4,), kind=Kind.BOOLEAN),
    Case(Permutation(S(4), (-1,)), (3, 4), kind=Kind.COMPLEX),
    Case(Permutation(S(4), (-2, -1)), (4, 4)),
    Case(Permutation(S(4), (-3, -2)), (4, 4, 2)),
    Case(Permutation(S(4), (-3,)), (4, 2, 3)),
    Case(Translation(T(3)), (3,)),
    Case(Translation(T(3)), (2, 5, 3)),
    Case(Scaling(Scalings()), (5, 3)),
    Case(Scaling(Scalings(), -0.5), (4, 2), CentreFree()),
    Case(Scaling(Scalings(), 2.0), ()),
    Case(Shift(C(4)), (8,)),
    Case(Shift(C(1)), (3,)),
    Case(Shift(C(3), -2), (6, 2), kind=Kind.INTEGER),
    Case(Shift(C(4), -3), (4, 2, 3)),
    Case(Square(C(4)), (3, 3)),
    Case(Square(C(4)), (2, 4, 4), kind=Kind.BOOLEAN),
    Case(Square(D(4)), (3, 3)),
    Case(Square(D(4)), (2, 4, 4)),
    Case(BOTH, (4, 3)),
    Case(BOTH, (4, 3), CentreFree()),
    Case(Together(Direct(S(4), S(3)), Permutation(S(4), (-1,)), Permutation(S(3))), (3, 4)),
    Case(Together(Direct(O(2), O(3)), Matrix(O(2), (-2,)), Matrix(O(3), (-1,))), (2, 3)),
    Case(Together(Direct(GL(2), GL(3)), Matrix(GL(2), (-2,)), Matrix(GL(3))), (2, 3)),
    Case(Together(Direct(Scalings(), O(2)), Scaling(Scalings()), Matrix(O(2))), (3, 2)),
    Case(affine(E(3)), (5, 3)),
    Case(affine(SE(2)), (2,)),
    Case(affine(Aff(2)), (2, 5, 2)),
    Case(Together(NESTED, Permutation(S(3)), affine(E(2))), (3, 2)),
    Case(Together(Direct(E(2), Scalings()), Trivial(E(2)), Scaling(Scalings())), (3, 2)),
    Case(Restricted(PermutationMatrices(3), Matrix(O(3), (-2,))), (3, 2)),
    Case(Restricted(Determinant(O(3)), Matrix(O(1))), (5, 1)),
    Case(Restricted(Determinant(GL(2)), Matrix(GL(1))), (5, 1)),
    Case(Restricted(Sign(4), Shift(C(2))), (2,)),
    *(
        Case(CosetAction(Cosets(phi)))
        for phi in (
            *(FromTrivial(G) for G in (O(3), S(4), P, E(2), D(4), NESTED)),
            *(FactorInclusion(G, "left") for G in (P, E(3), NESTED, Semidirect(Inversion(5)))),
            *(FactorInclusion(G, "right") for G in (P, E(3), NESTED, Semidirect(Inversion(5)))),
            Same(O(3)),
            FromTrivial(TrivialGroup()),
            FixingAxes(3, 1),
            FixingPlaces(4, 2),
            Inclusion(O(2), GL(2)),
            Inclusion(SO(3), O(3)),
            Inclusion(C(4), D(4)),
            FixingAxes(2, 1) >> FixingAxes(3, 1),
        )
    ),
]
STILL = ("Trivial(", "axes=()", "Point(", "n=1)")
