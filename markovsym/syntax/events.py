"""Events: the uses of boxes that are no structure."""

from dataclasses import dataclass
from typing import final

from markovsym.syntax.calculus import Calculus
from markovsym.syntax.diagram import Box
from markovsym.syntax.show import show
from markovsym.syntax.theory import Equivariant, Hypothesis
from markovsym.syntax.types import Ob
from markovsym.syntax.words import Acted, Drawn, Origin, Value, Word, inverse


@final
@dataclass(frozen=True)
class Step:
    """One rewriting, and the hypothesis that allows it."""

    text: str
    by: Hypothesis | None = None

    def __str__(self) -> str:
        return f"{self.text}, as {self.by}" if self.by else self.text


@final
@dataclass(frozen=True)
class Event:
    """One use of a box that is no structure."""

    box: Box
    inputs: tuple[Value, ...]


@final
@dataclass(frozen=True)
class Form:
    """Events, each after those it reads from in a normal form, and the outputs."""

    outputs: tuple[Value, ...]
    events: tuple[Event, ...]


@final
class Events:
    """Events as they come in: words are pulled out, deterministic boxes are shared."""

    def __init__(self, calculus: Calculus, steps: list[Step]) -> None:
        self.calculus = calculus
        self.steps = steps
        self.found: list[Event] = []
        self.seen: dict[Event, int] = {}

    def fire(self, box: Box, inputs: tuple[Value, ...]) -> tuple[Value, ...]:
        """The outputs of ``box`` at these inputs."""
        pulled: list[tuple[Equivariant, Word]] = []
        rules = self.calculus.theory.equivariant.get(box, [])
        while True:
            words = ((rule, self._prefix(rule, box, inputs)) for rule in rules)
            rule, word = next(((r, w) for r, w in words if w), (None, ()))
            if rule is None:
                break
            before = inputs
            pulled.append((rule, word))
            inputs = self.moved(rule, inverse(word), inputs, box.dom.obs)
            self.steps.append(Step(_pulling(box, before, word, inputs), rule))
        number = self._number(Event(box, inputs))
        outputs = tuple(
            self.calculus.value(Drawn(number, port, ob)) for port, ob in enumerate(box.cod)
        )
        for rule, word in reversed(pulled):
            outputs = self.moved(rule, word, outputs, box.cod.obs)
        return outputs

    def _number(self, event: Event) -> int:
        new = len(self.found)
        number = self.seen.setdefault(event, new) if event.box.deterministic else new
        if number == new:
            self.found.append(event)
        else:
            self.steps.append(Step(f"{event.box.name} is deterministic: two uses of it are one"))
        return number

    def _prefix(self, rule: Equivariant, box: Box, inputs: tuple[Value, ...]) -> Word:
        """The letters before the first input that moves; the coset of the unit comes last."""
        pairs = zip(inputs, box.dom, strict=True)
        moving = [(v, ob) for v, ob in pairs if ob == rule.group.carrier or self._acts(rule, ob)]
        for value, ob in sorted(moving, key=lambda pair: _is_coset_of_unit(pair[0])):
            word = value.word if isinstance(value, Acted) else value
            return self.calculus.prefix(word, rule.over, ob)
        return ()

    def _acts(self, rule: Equivariant, ob: Ob) -> bool:
        return (rule.group.carrier, ob) in self.calculus.theory.acted

    def moved(
        self, rule: Equivariant, word: Word, values: tuple[Value, ...], obs: tuple[Ob, ...]
    ) -> tuple[Value, ...]:
        """The values on some wires, moved by a word as the rule says."""
        return tuple(self._move(rule, word, v, ob) for v, ob in zip(values, obs, strict=True))

    def _move(self, rule: Equivariant, word: Word, value: Value, ob: Ob) -> Value:
        group = rule.group.carrier
        if isinstance(value, Acted):
            return self.calculus.act(word, value) if self._acts(rule, ob) else value
        if ob == group:
            return self.calculus.product(word, value)
        product = self.calculus.theory.twists.get((group, ob))
        return value if product is None else self.calculus.turned(product, word, value)


def _is_coset_of_unit(value: Value) -> bool:
    return isinstance(value, Acted) and isinstance(value.base, Origin)


def _pulling(box: Box, before: tuple[Value, ...], word: Word, after: tuple[Value, ...]) -> str:
    return f"{box.name}({_list(before)}) -> {show(word)} {box.name}({_list(after)})"


def _list(values: tuple[Value, ...]) -> str:
    return ", ".join(map(show, values))
