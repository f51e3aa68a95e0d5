"""What a wire carries in a proof: a word in a group, or a word that acts on an atom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

from markovsym.syntax.theory import CosetObject, Hom, Section, Semidirect
from markovsym.syntax.types import Ob

LIMIT = 4096
"""Most atoms in a word, those within atoms counted; multiplying n times makes one of 2^n."""


class WordTooLong(Exception):  # noqa: N818 - it is caught, and means that nothing was proved
    """A word passed the limit."""


@final
@dataclass(frozen=True, slots=True)
class Given:
    """An input of the diagram."""

    place: int
    ob: Ob


@final
@dataclass(frozen=True, slots=True)
class Drawn:
    """An output of an event, that is, of one use of a box that is no structure."""

    event: int
    port: int
    ob: Ob


@final
@dataclass(frozen=True, slots=True)
class Origin:
    """The coset of the unit."""

    ob: Ob


@final
@dataclass(frozen=True, slots=True)
class Mapped:
    """phi(a)."""

    phi: Hom
    atom: "Atom"


@final
@dataclass(frozen=True, slots=True)
class Chosen:
    """s0(c), for a section s0 that is fixed once and never named; c starts with no letter of G."""

    cosets: CosetObject
    coset: "Acted"
    weight: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", 1 + weight(self.coset.word))


@final
@dataclass(frozen=True, slots=True)
class Corrected:
    """The element eta of the image of phi with s(w.c) = w s0(c) eta."""

    section: Section | CosetObject
    word: "Word"
    coset: "Acted"
    weight: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", 1 + weight((*self.word, *self.coset.word)))


@final
@dataclass(frozen=True, slots=True)
class Turned:
    """rho(w, a), with w not empty and a no such atom of the same product."""

    product: Semidirect
    by: "Word"
    atom: "Atom"
    weight: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", weight((*self.by, (self.atom, 1))))


Source = Given | Drawn | Origin
Atom = Source | Mapped | Chosen | Corrected | Turned
Letter = tuple[Atom, int]
"""An atom of a group and an exponent, 1 or -1."""
Word = tuple[Letter, ...]
"""A product of letters, none beside its inverse."""


@final
@dataclass(frozen=True, slots=True)
class Acted:
    """``word . base``."""

    word: Word
    base: Source


Value = Word | Acted
"""A word on the wire of a group, something acted upon on any other wire."""


def weight(word: Word) -> int:
    """The number of atoms in a word, those within atoms counted.

    Raises:
        WordTooLong: If there are more than ``LIMIT``.
    """
    total = sum(_weight(atom) for atom, _ in word)
    if total > LIMIT:
        raise WordTooLong
    return total


def _weight(atom: Atom) -> int:
    match atom:
        case Chosen() | Corrected() | Turned():
            return atom.weight
        case Mapped(_, inside):
            return 1 + _weight(inside)
        case _:
            return 1


def carrier(atom: Atom) -> Ob:
    """The group that the atom lies in."""
    match atom:
        case Given() | Drawn() | Origin():
            return atom.ob
        case Mapped(phi):
            return phi.target.carrier
        case Chosen(cosets):
            return cosets.group.carrier
        case Corrected(section):
            return cosets_of(section).group.carrier
        case Turned(product):
            return product.normal.carrier


def cosets_of(section: Section | CosetObject) -> CosetObject:
    """The cosets that it is a section of."""
    return section.cosets if isinstance(section, Section) else section


def in_image(atom: Atom, phi: Hom) -> bool:
    """Whether the atom is known to lie in the image of ``phi``."""
    match atom:
        case Mapped(by):
            return by == phi
        case Corrected(section):
            return cosets_of(section).phi == phi
        case Chosen(cosets, Acted((), Origin())):
            return cosets.phi == phi
        case _:
            return False


def split(word: Word, group: Ob) -> tuple[Word, Word]:
    """The longest prefix of letters of the group, and the rest."""
    end = next((i for i, (atom, _) in enumerate(word) if carrier(atom) != group), len(word))
    return word[:end], word[end:]


def inverse(word: Word) -> Word:
    """The inverse."""
    return tuple((atom, -sign) for atom, sign in reversed(word))


def sources(value: Value | Atom) -> Iterator[Source]:
    """The sources that a value mentions: word before base, from left to right."""
    match value:
        case Given() | Drawn() | Origin():
            yield value
        case Acted(word, base) | Corrected(_, word, base) | Turned(_, word, base):
            yield from sources(word)
            yield from sources(base)
        case Mapped(_, atom) | Chosen(_, atom):
            yield from sources(atom)
        case _:
            for atom, _ in value:
                yield from sources(atom)
