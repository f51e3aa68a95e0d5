"""Putting new values for what events drew into words."""

from collections.abc import Iterable
from typing import final

from markovsym.syntax.calculus import Calculus
from markovsym.syntax.theory import Hom
from markovsym.syntax.words import (
    Acted,
    Atom,
    Chosen,
    Corrected,
    Drawn,
    Mapped,
    Turned,
    Value,
    Word,
    cosets_of,
    inverse,
)


@final
class Substitution:
    """What every drawn source has become; inputs of the diagram stay."""

    def __init__(self, calculus: Calculus) -> None:
        self.calculus = calculus
        self.known: dict[Drawn, Value] = {}
        self.before: dict[tuple[Hom, Atom], Word] = {}

    def learn(self, pairs: Iterable[tuple[Drawn, Value]]) -> None:
        """Note what sources have become."""
        self.known.update(pairs)

    def learn_image(self, phi: Hom, drawn: Drawn, word: Word) -> None:
        """Note that phi of a source becomes the word times that."""
        self.before[phi, drawn] = word

    def value(self, value: Value) -> Value:
        """The value with everything replaced."""
        return self._acted(value) if isinstance(value, Acted) else self.word(value)

    def word(self, word: Word) -> Word:
        """The word with everything replaced."""
        letters = (
            self._atom(atom) if sign == 1 else inverse(self._atom(atom)) for atom, sign in word
        )
        return self.calculus.product((), *letters)

    def _acted(self, value: Acted) -> Acted:
        base = value.base
        found = self.known[base] if isinstance(base, Drawn) else Acted((), base)
        assert isinstance(found, Acted)
        return self.calculus.act(self.word(value.word), found)

    def _atom(self, atom: Atom) -> Word:
        match atom:
            case Drawn():
                found = self.known[atom]
                assert not isinstance(found, Acted)
                return found
            case Mapped(phi, inner):
                image = self.calculus.mapped(phi, self._atom(inner))
                return self.calculus.product(self.before.get((phi, inner), ()), image)
            case Turned(product, by, inner):
                return self.calculus.turned(product, self.word(by), self._atom(inner))
            case Chosen(cosets, coset):
                return self.calculus.choose(cosets, self._acted(coset))
            case Corrected(section, word, coset):
                # s0(c)^-1 w^-1 s(w.c), in full: w.c may be shorter than w and c one after the other
                w, c = self.word(word), self._acted(coset)
                return self.calculus.product(
                    inverse(self.calculus.choose(cosets_of(section), c)),
                    inverse(w),
                    self.calculus.choose(section, self.calculus.act(w, c)),
                )
            case _:
                return ((atom, 1),)
