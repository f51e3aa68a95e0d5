"""Draws from a law that a group leaves alone: they absorb the word before them.

If u is drawn by a kernel none of whose inputs move, then p^-1 u is as good as u, for any word p
that u has no part in. The p to take stands before the first use of u, or of what moves with u.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from markovsym.syntax.calculus import Calculus
from markovsym.syntax.events import Form
from markovsym.syntax.motion import Motion
from markovsym.syntax.theory import Equivariant, Hom
from markovsym.syntax.words import (
    Acted,
    Atom,
    Chosen,
    Corrected,
    Drawn,
    Given,
    Mapped,
    Origin,
    Turned,
    Value,
    Word,
    inverse,
    sources,
)


@final
@dataclass(frozen=True)
class Change:
    """Events whose outputs have an invariant law together, and the word that they absorb.

    If ``through`` is phi, it is phi(u) that absorbs the word, which lies in the image of phi.
    """

    events: frozenset[int]
    rule: Equivariant
    word: Word
    through: Hom | None = None


def absorbed(form: Form, calculus: Calculus) -> Change | None:
    """The first events that can absorb a word."""
    for number, event in enumerate(form.events):
        for rule in calculus.theory.invariant.get(event.box, ()):
            for change in (
                _together(form, number, rule, calculus),
                _through(form, number, rule, calculus),
            ):
                if change.word and not _depends(form, change.word, change.events):
                    return change
    return None


def _together(form: Form, number: int, rule: Equivariant, calculus: Calculus) -> Change:
    """What the draws of an event absorb, with those of others where they must."""
    events, use = Motion(form, rule, calculus).first_use(number)
    return Change(events, rule, calculus.suffix(use[0], rule.over, use[1]) if use else ())


def _through(form: Form, number: int, rule: Equivariant, calculus: Calculus) -> Change:
    """What phi(u) absorbs where u is drawn alone and nothing else is made of it."""
    values = (*form.outputs, *(value for event in form.events for value in event.inputs))
    change = Change(frozenset({number}), rule, ())
    match [*{role for value in values for role in _roles(value, number)}]:
        case [Hom() as phi] if rule.over == phi.source and len(form.events[number].box.cod) == 1:
            word = _before_image(values, number, phi)
            return replace(change, word=calculus.suffix(word, phi, phi.target.carrier), through=phi)
        case _:
            return change


def _before_image(values: tuple[Value, ...], number: int, phi: Hom) -> Word:
    """What stands before the first phi(u)."""
    for value in values:
        word = value.word if isinstance(value, Acted) else value
        for place, (atom, sign) in enumerate(word):
            match atom:
                case Mapped(by, Drawn(event)) if (by, event) == (phi, number):
                    return word[:place] if sign == 1 else inverse(word[place + 1 :])
                case _:
                    pass
    return ()


def _roles(value: Value | Atom, number: int) -> Iterator[Hom | None]:
    """For each time that a value mentions what an event draws: phi, if as phi(u)."""
    match value:
        case Mapped(phi, Drawn(event)) if event == number:
            yield phi
        case Drawn(event):
            yield from [None] * (event == number)
        case Given() | Origin():
            return
        case Acted(word, base) | Corrected(_, word, base) | Turned(_, word, base):
            yield from (*_roles(word, number), *_roles(base, number))
        case Mapped(_, atom) | Chosen(_, atom):
            yield from _roles(atom, number)
        case _:
            for atom, _ in value:
                yield from _roles(atom, number)


def _depends(form: Form, word: Word, events: frozenset[int]) -> bool:
    """Whether some letter of the word is drawn with the help of the events."""
    after = set(events)
    for later, event in enumerate(form.events):
        read = (source for value in event.inputs for source in sources(value))
        if any(isinstance(source, Drawn) and source.event in after for source in read):
            after.add(later)
    return any(isinstance(source, Drawn) and source.event in after for source in sources(word))
