"""What is assumed: groups, actions, homomorphisms, cosets, and which boxes respect them.

Structure brings its own deterministic boxes and their axioms. Hypotheses speak about other boxes,
and a proof says which of them it used.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import final

from markovsym.errors import TheoryError
from markovsym.syntax.diagram import Box
from markovsym.syntax.types import Ob, Ty


@final
@dataclass(frozen=True)
class GroupObject:
    """A group: associativity, unit and inverse laws for three boxes."""

    carrier: Ob

    @property
    def type(self) -> Ty:
        """The type of its elements."""
        return Ty(self.carrier)

    @property
    def multiply(self) -> Box:
        """G @ G -> G."""
        return Box("mul", self.type @ self.type, self.type, deterministic=True)

    @property
    def unit(self) -> Box:
        """I -> G."""
        return Box("e", Ty(), self.type, deterministic=True)

    @property
    def inverse(self) -> Box:
        """G -> G."""
        return Box("inv", self.type, self.type, deterministic=True)

    def act(self, space: Ob) -> Box:
        """G @ X -> X; on G itself, multiplication from the left."""
        if space == self.carrier:
            return self.multiply
        return Box("act", self.type @ Ty(space), Ty(space), deterministic=True)

    def __str__(self) -> str:
        return f"{self.carrier} is a group"


@final
@dataclass(frozen=True)
class Acts:
    """G acts on X: unit law and associativity for ``group.act(space)``.

    One object has one action of a group: another action makes another object.
    """

    group: GroupObject
    space: Ob

    def __str__(self) -> str:
        return f"{self.group.carrier} acts on {self.space}"


@final
@dataclass(frozen=True)
class Hom:
    """A homomorphism H -> G."""

    source: GroupObject
    target: GroupObject
    name: str = "phi"

    def __post_init__(self) -> None:
        if self.box == self.source.inverse:
            raise TheoryError("wanted another name for the homomorphism: inv is the inverse")

    @property
    def box(self) -> Box:
        """H -> G."""
        return Box(self.name, self.source.type, self.target.type, deterministic=True)

    def __str__(self) -> str:
        return f"{self.box} is a homomorphism"


@final
@dataclass(frozen=True)
class CosetObject:
    """G/H, the cosets of the image of phi: H -> G, with G acting on them."""

    phi: Hom
    carrier: Ob

    @property
    def group(self) -> GroupObject:
        """G."""
        return self.phi.target

    @property
    def project(self) -> Box:
        """G -> G/H; it sends g and g phi(h) to one coset."""
        return Box("q", self.group.type, Ty(self.carrier), deterministic=True)

    def __str__(self) -> str:
        return f"{self.carrier} are the cosets of {self.phi.name}"


@final
@dataclass(frozen=True)
class Section:
    """A deterministic s: G/H -> G with q after s the identity. It need not be equivariant."""

    cosets: CosetObject
    name: str = "s"

    @property
    def box(self) -> Box:
        """G/H -> G."""
        cosets = self.cosets
        return Box(self.name, Ty(cosets.carrier), cosets.group.type, deterministic=True)

    def __str__(self) -> str:
        return f"{self.box} is a section"


@final
@dataclass(frozen=True)
class Semidirect:
    """N x| H, with h n h^-1 = rho(h, n); without ``twisted``, the direct product.

    Source:
        Cornish (2024), remark 3.29.
    """

    normal: GroupObject
    other: GroupObject
    twisted: bool = True

    @property
    def rho(self) -> Box:
        """H @ N -> N, the action of H on N by automorphisms."""
        return Box("rho", self.other.type @ self.normal.type, self.normal.type, deterministic=True)

    def __str__(self) -> str:
        sign = "x|" if self.twisted else "x"
        return f"{self.normal.carrier} {sign} {self.other.carrier} is a product of groups"


@final
@dataclass(frozen=True)
class Compatible:
    """On X, h.(n.x) = rho(h, n).(h.x); for a direct product, h.(n.x) = n.(h.x)."""

    product: Semidirect
    space: Ob

    def __str__(self) -> str:
        product = self.product
        groups = f"{product.normal.carrier} and {product.other.carrier}"
        return f"the actions of {groups} on {self.space} are those of their product"


@final
@dataclass(frozen=True)
class Equivariant:
    """A box is equivariant over a group or, over phi: H -> G, over H acting through G.

    A wire of the group moves by left multiplication, one that the group acts on by that action, one
    of N by rho where the group is H of N x| H; every other wire stays. A state of the group itself
    is then left-invariant, as a Haar probability is.
    """

    box: Box
    over: GroupObject | Hom

    @property
    def group(self) -> GroupObject:
        """The group whose letters move."""
        return self.over if isinstance(self.over, GroupObject) else self.over.target

    def __str__(self) -> str:
        name = self.over.carrier if isinstance(self.over, GroupObject) else self.over.name
        if self.box.dom == Ty() and self.box.cod == self.group.type:
            return f"{self.box.name} is left-invariant on {name}"
        return f"{self.box.name} is equivariant over {name}"


Structure = GroupObject | Acts | Hom | CosetObject | Semidirect
Hypothesis = Section | Compatible | Equivariant


@final
@dataclass(frozen=True, init=False)
class Theory:
    """A set of assumptions; what an assumption speaks of is assumed with it.

    Raises:
        TheoryError: If a group acts on a group other than by a product of groups, or if letters of
            compatible groups could pass each other for ever.
    """

    assumptions: frozenset[Structure | Hypothesis]

    def __init__(self, *assumptions: Structure | Hypothesis) -> None:
        closed = frozenset(part for one in assumptions for part in _with_parts(one))
        object.__setattr__(self, "assumptions", closed)
        self._require_names()
        self._require_spaces()
        self._require_order()

    def without(self, hypothesis: Hypothesis) -> "Theory":
        """The theory that does not assume it."""
        return Theory(*(self.assumptions - {hypothesis}))

    @cached_property
    def hypotheses(self) -> frozenset[Hypothesis]:
        """What is assumed besides structure."""
        return frozenset(one for one in self.assumptions if isinstance(one, Hypothesis))

    @cached_property
    def equivariant(self) -> dict[Box, list[Equivariant]]:
        """Over what each box is equivariant, in a fixed order."""
        found: dict[Box, list[Equivariant]] = {}
        for one in sorted(self.assumptions, key=str):
            if isinstance(one, Equivariant):
                found.setdefault(one.box, []).append(one)
        return found

    @cached_property
    def invariant(self) -> dict[Box, list[Equivariant]]:
        """Over what the law of a box's outputs stays the same, as its inputs do not move."""
        found: dict[Box, list[Equivariant]] = {}
        for box, rules in self.equivariant.items():
            for rule in rules:
                if not any(self.moves(rule.group.carrier, ob) for ob in box.dom):
                    found.setdefault(box, []).append(rule)
        return found

    def moves(self, group: Ob, ob: Ob) -> bool:
        """Whether the elements of a group move a wire."""
        return ob == group or (group, ob) in self.acted or (group, ob) in self.twists

    @cached_property
    def groups(self) -> frozenset[Ob]:
        """The objects that are groups."""
        return frozenset(one.carrier for one in self.assumptions if isinstance(one, GroupObject))

    @cached_property
    def acted(self) -> frozenset[tuple[Ob, Ob]]:
        """The pairs of a group and an object it acts on."""
        return frozenset(
            (one.group.carrier, one.space if isinstance(one, Acts) else one.carrier)
            for one in self.assumptions
            if isinstance(one, Acts | CosetObject)
        )

    @cached_property
    def cosets(self) -> dict[Ob, CosetObject]:
        """The objects of cosets."""
        return {one.carrier: one for one in self.assumptions if isinstance(one, CosetObject)}

    @cached_property
    def compatible(self) -> dict[tuple[Ob, Ob, Ob], Compatible]:
        """By space, H and N: how a letter of H passes one of N."""
        return {
            (one.space, one.product.other.carrier, one.product.normal.carrier): one
            for one in self.assumptions
            if isinstance(one, Compatible)
        }

    @cached_property
    def twists(self) -> dict[tuple[Ob, Ob], Semidirect]:
        """By H and N: the products in which H moves N."""
        return {
            (one.other.carrier, one.normal.carrier): one
            for one in self.assumptions
            if isinstance(one, Semidirect) and one.twisted
        }

    def _require_spaces(self) -> None:
        for group, space in sorted(self.acted, key=str):
            if space in self.groups:
                mend = "leave it out" if group == space else "state a Semidirect product"
                raise TheoryError(f"{group} acts on {space}, which is a group, no space; {mend}")

    def _require_names(self) -> None:
        for one in self.assumptions:
            if isinstance(one, CosetObject) and self.cosets[one.carrier] != one:
                raise TheoryError(f"{one}, and of another homomorphism; give them another object")

    def _require_order(self) -> None:
        order: TopologicalSorter[tuple[Ob, Ob]] = TopologicalSorter()
        for space, other, normal in self.compatible:
            order.add((space, other), (space, normal))
        try:
            order.prepare()
        except CycleError as error:
            groups = ", ".join(str(group) for _, group in error.args[1])
            raise TheoryError(f"{groups} pass in a circle; turn one product round") from None


def _with_parts(one: Structure | Hypothesis) -> Iterator[Structure | Hypothesis]:
    yield one
    match one:
        case Acts(group):
            yield group
        case Hom(source, target):
            yield from (source, target)
        case Semidirect(normal, other):
            yield from (normal, other)
        case CosetObject(part) | Section(part) | Compatible(part) | Equivariant(_, part):
            yield from _with_parts(part)
        case GroupObject():
            return
