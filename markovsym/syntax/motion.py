"""What moves with the draws of invariant laws, and where it is used."""

from collections.abc import Iterator
from typing import final

from markovsym.syntax.calculus import Calculus
from markovsym.syntax.events import Event, Form
from markovsym.syntax.theory import Equivariant, Hom
from markovsym.syntax.types import Ob
from markovsym.syntax.words import Acted, Atom, Drawn, Mapped, Value, Word, inverse

Use = tuple[Word, Ob]
"""The word before a value, and the wire."""


@final
class Motion:
    """What moves with the draws of invariant laws: equivariant events that read nothing else.

    ``laws`` holds, for each such event, the laws that it moves with; itself, if it is one.
    """

    def __init__(self, form: Form, rule: Equivariant, calculus: Calculus) -> None:
        self.rule = rule
        self.group = rule.group.carrier
        self.calculus = calculus
        self.laws: dict[int, frozenset[int]] = {}
        self.read: list[tuple[Word, Value]] = [((), value) for value in form.outputs]
        for place, event in enumerate(form.events):
            moving = self._wires(event, moving=True)
            drawn = [_drawn(value) for value, _ in moving]
            equivariant = Equivariant(event.box, rule.over) in calculus.theory.assumptions
            self.read += (((), value) for value, _ in self._wires(event, moving=False))
            if equivariant and all(number in self.laws for number in drawn):
                behind = (self.laws[number] for number in drawn if number is not None)
                self.laws[place] = frozenset(() if moving else {place}).union(*behind)
            else:
                words = [self._beside(moving[1:]) if equivariant else (), *[()] * len(moving)]
                self.read += zip(words, (value for value, _ in moving), strict=False)

    def first_use(self, law: int) -> tuple[frozenset[int], Use | None]:
        """The laws to change at once, and the first use of what moves with them.

        That is one law, unless it is only used together with others none of which is used alone.
        """
        if alone := self._first(frozenset({law})):
            return frozenset({law}), alone
        joint = self._used_with(law)
        apart = any(self._first(frozenset({other})) for other in joint)
        return joint, None if apart else self._first(joint)

    def _used_with(self, law: int) -> frozenset[int]:
        joint, before = frozenset({law}), frozenset[int]()
        while joint != before:
            before = joint
            joint = joint.union(*(laws for laws in self.laws.values() if laws & joint))
        return joint

    def _first(self, joint: frozenset[int]) -> Use | None:
        """The first use of what moves with these laws only."""
        events = {event for event, laws in self.laws.items() if laws <= joint}
        return next(self._uses(events), None)

    def _uses(self, events: set[int]) -> Iterator[Use]:
        return (use for before, v in self.read for use in self._uses_in(before, v, events))

    def _beside(self, others: list[tuple[Value, Ob]]) -> Word:
        """The p for which k(u, w.y) is p^-1 k(p u, y): what stands before a first input, too."""
        for value, ob in others:
            word = value.word if isinstance(value, Acted) else value
            return inverse(self.calculus.prefix(word, self.rule.over, ob))
        return ()

    def _uses_in(self, before: Word, value: Value, events: set[int]) -> Iterator[Use]:
        """Each use in a value; in u^-1 v both move and nothing changes, so that is none."""
        word = value.word if isinstance(value, Acted) else value
        row = [*word, (value.base, 1)] if isinstance(value, Acted) else list(word)
        mine = [self._mine(atom, events) for atom, _ in row]
        for place, (found, (_, sign)) in enumerate(zip(mine, row, strict=True)):
            beside = place - sign
            within = 0 <= beside < len(row) and mine[beside] and row[beside][1] != sign
            if not found or within:
                continue
            phi, drawn = found
            left = (*before, *word[:place]) if sign == 1 else inverse(word[place + 1 :])
            yield (_preimage(left, phi) if phi else left), drawn.ob

    def _mine(self, atom: Atom, events: set[int]) -> tuple[Hom | None, Drawn] | None:
        match atom:
            case Drawn(event, _, ob) if event in events and self._acts(ob):
                return None, atom
            case Mapped(phi, Drawn(event, _, ob) as drawn) if event in events and ob == self.group:
                return phi, drawn
            case _:
                return None

    def _acts(self, ob: Ob) -> bool:
        return ob == self.group or (self.group, ob) in self.calculus.theory.acted

    def _wires(self, event: Event, *, moving: bool) -> list[tuple[Value, Ob]]:
        pairs = zip(event.inputs, event.box.dom, strict=True)
        moves = self.calculus.theory.moves
        return [(value, ob) for value, ob in pairs if moves(self.group, ob) == moving]


def _drawn(value: Value) -> int | None:
    """The event that the value is drawn by, if nothing has moved it."""
    match value:
        case Acted((), Drawn(event)) | ((Drawn(event), 1),):
            return event
        case _:
            return None


def _preimage(word: Word, phi: Hom) -> Word:
    """Of the last letters, those that phi has made."""
    found: Word = ()
    for atom, sign in reversed(word):
        if not isinstance(atom, Mapped) or atom.phi != phi:
            break
        found = ((atom.atom, sign), *found)
    return found
