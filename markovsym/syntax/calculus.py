"""How words multiply, act and pass each other under a theory."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import final

from markovsym.syntax.diagram import Box
from markovsym.syntax.theory import (
    Acts,
    CosetObject,
    GroupObject,
    Hom,
    Hypothesis,
    Section,
    Semidirect,
    Structure,
    Theory,
)
from markovsym.syntax.types import Ob
from markovsym.syntax.words import (
    Acted,
    Atom,
    Chosen,
    Corrected,
    Letter,
    Mapped,
    Origin,
    Source,
    Turned,
    Value,
    Word,
    carrier,
    cosets_of,
    in_image,
    inverse,
    split,
    weight,
)


@final
class Calculus:
    """Words in normal form: freely reduced and, where groups are compatible, letters of N first."""

    def __init__(self, theory: Theory) -> None:
        self.theory = theory
        self.structure = {box: rule for one in theory.assumptions for box, rule in self._rules(one)}

    def value(self, source: Source) -> Value:
        """What a wire carries that comes from this source."""
        if source.ob in self.theory.groups:
            return ((source, 1),)
        return self.acted((), source)

    def product(self, *words: Word, space: Ob | None = None) -> Word:
        """The product; on a space, letters pass each other as the theory says."""
        stack = list(words[0]) if words else []
        for letter in (letter for word in words[1:] for letter in word):
            self._push(stack, letter, space)
        weight(tuple(stack))
        return tuple(stack)

    def turned(self, product: Semidirect, by: Word, word: Word) -> Word:
        """rho(by, word), letter by letter."""
        return self.product((), *(((self._turn(product, by, a), s),) for a, s in word))

    def mapped(self, phi: Hom, word: Word) -> Word:
        """phi(word), letter by letter; phi(unit) and phi of inverses come for free."""
        return tuple((Mapped(phi, atom), sign) for atom, sign in word)

    def acted(self, word: Word, base: Source) -> Acted:
        """``word . base``; a coset forgets what H does and returns to what a section came from."""
        cosets = self.theory.cosets.get(base.ob)
        if cosets is None:
            return Acted(word, base)
        if not isinstance(base, Origin):
            return self._returned(cosets, word, base)
        while word and in_image(word[-1][0], cosets.phi):
            word = word[:-1]
        if word and word[-1][1] == 1:
            match word[-1][0]:
                case Chosen(of, coset) if of == cosets:
                    return self.act(word[:-1], coset)
                case _:
                    pass
        return Acted(word, base)

    def act(self, word: Word, value: Acted) -> Acted:
        """``word . value``."""
        moved = self.product(word, value.word, space=value.base.ob)
        return self.acted(moved, value.base)

    def choose(self, section: Section | CosetObject, coset: Acted) -> Word:
        """s(w.c) = w s0(c) eta; cosets stand for the section s0, whose eta is the unit at w = 1.

        Only letters of G come out; what another group does to the cosets stays in c.
        """
        cosets = cosets_of(section)
        word, rest = split(coset.word, cosets.group.carrier)
        c = Acted(rest, coset.base)
        chosen: Word = ((Chosen(cosets, c), 1),)
        if not word and section == cosets:
            return chosen
        return self.product(word, chosen, ((Corrected(section, word, c), 1),))

    def prefix(self, word: Word, over: GroupObject | Hom, space: Ob) -> Word:
        """What can be pulled out to the left: letters of a group, or of the image of phi.

        They may stand behind letters that pass them: only those let them cancel afterwards.
        """
        group = (over.target if isinstance(over, Hom) else over).carrier
        pulled: Word = ()
        for letter in word:
            if self._belongs(letter, over):
                pulled = (*pulled, letter)
            elif (space, group, carrier(letter[0])) not in self.theory.compatible:
                break
        return pulled

    def suffix(self, word: Word, over: GroupObject | Hom, space: Ob) -> Word:
        """What can be handed to the value that the word stands before, from the same letters.

        n h x = h rho(h^-1, n) x, so letters of N pass those of H, which stand behind them.
        """
        handed: Word = ()
        passed: Word = ()
        for letter in reversed(word):
            atom, sign = letter
            for by in passed:
                key = (space, carrier(by[0]), carrier(atom))
                if key not in self.theory.compatible:
                    return handed
                atom = self._turn(self.theory.compatible[key].product, inverse((by,)), atom)
            if self._belongs((atom, sign), over):
                handed = self.product(((atom, sign),), handed)
            else:
                passed = (letter, *passed)
        return handed

    def _rules(self, one: Structure | Hypothesis) -> Iterator[tuple[Box, Callable[..., Value]]]:
        """The boxes that an assumption brings, and what they do to values."""
        match one:
            case GroupObject():
                yield one.multiply, self.product
                yield one.unit, self.product
                yield one.inverse, inverse
            case Acts(group, space):
                yield group.act(space), self.act
            case Hom():
                yield one.box, partial(self.mapped, one)
            case CosetObject(_, carrier):
                yield one.project, partial(self.acted, base=Origin(carrier))
                yield one.group.act(carrier), self.act
            case Section():
                yield one.box, partial(self.choose, one)
            case Semidirect(twisted=True):
                yield one.rho, partial(self.turned, one)
            case _:
                return

    def _returned(self, cosets: CosetObject, word: Word, c: Source) -> Acted:
        """s0(w.c)^-1 w.c is the coset of the unit."""
        for place, letter in enumerate(word):
            if letter == (Chosen(cosets, Acted(word[place + 1 :], c)), -1):
                return self.acted(word[:place], Origin(c.ob))
        return Acted(word, c)

    def _belongs(self, letter: Letter, over: GroupObject | Hom) -> bool:
        if isinstance(over, Hom):
            return in_image(letter[0], over)
        return carrier(letter[0]) == over.carrier

    def _push(self, stack: list[Letter], letter: Letter, space: Ob | None) -> None:
        passed: list[Letter] = []
        while stack and space is not None:
            key = (space, carrier(stack[-1][0]), carrier(letter[0]))
            if key not in self.theory.compatible:
                break
            passed.append(stack.pop())
            letter = (
                self._turn(self.theory.compatible[key].product, passed[-1:], letter[0]),
                letter[1],
            )
        if stack and stack[-1] == (letter[0], -letter[1]):
            stack.pop()
        else:
            stack.append(letter)
        for other in reversed(passed):
            self._push(stack, other, space)

    def _turn(self, product: Semidirect, by: Word | list[Letter], atom: Atom) -> Atom:
        if not product.twisted:
            return atom
        match atom:
            case Turned(of, before, inside) if of == product:
                word = self.product(tuple(by), before)
                return Turned(product, word, inside) if word else inside
            case _:
                return Turned(product, tuple(by), atom) if by else atom
