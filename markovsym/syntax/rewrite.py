"""The normal form of a diagram modulo a theory.

A diagram becomes a list of events, the uses of boxes that are no structure, on values in which the
group structure is worked out. Each step is an instance of an assumption or of a Markov axiom, so
diagrams with one normal form are equal in every model; different normal forms mean nothing.
"""

from collections import Counter
from collections.abc import Iterator

from markovsym.syntax.calculus import Calculus
from markovsym.syntax.diagram import Diagram, Node
from markovsym.syntax.events import Events, Form, Step
from markovsym.syntax.show import show
from markovsym.syntax.substitute import Substitution
from markovsym.syntax.theory import Theory
from markovsym.syntax.words import (
    Acted,
    Drawn,
    Given,
    Source,
    Value,
    Word,
    inverse,
    sources,
    split,
)

Change = tuple[Drawn, Word]
"""A left-invariant u and the word p, free of u, that it absorbs: p^-1 u is as good as u."""


def normal_form(diagram: Diagram, theory: Theory, steps: list[Step]) -> Form:
    """The normal form; what was done on the way is added to ``steps``.

    Raises:
        WordTooLong: If a word passes the limit.
    """
    calculus = Calculus(theory)
    form = _settled(_read(diagram, calculus, steps), calculus, steps)
    for _ in range(len(form.events) + 1):
        change = _absorbed(form, theory)
        if change is None:
            break
        u, p = change
        by = theory.invariant[form.events[u.event].box]
        steps.append(Step(f"{show(((u, 1),))} -> {show((*inverse(p), (u, 1)))}", by))
        form = _settled(_rebuilt(form, calculus, steps, change), calculus, steps)
    return form


def _read(diagram: Diagram, calculus: Calculus, steps: list[Step]) -> Form:
    """The live events of a diagram, in the order of its nodes."""
    events = Events(calculus, steps)
    values = {~place: calculus.value(Given(place, ob)) for place, ob in enumerate(diagram.dom)}
    live = _live(diagram)
    for box, inputs, first in live:
        read = tuple(values[wire] for wire in inputs)
        if box in calculus.structure:
            values[first] = calculus.structure[box](*read)
        else:
            written = events.fire(box, read)
            values.update((first + port, value) for port, value in enumerate(written))
    for box in Counter(node.box for node in diagram.nodes) - Counter(node.box for node in live):
        if box not in calculus.structure:
            steps.append(Step(f"nothing depends on {box.name}"))
    return Form(tuple(values[wire] for wire in diagram.outputs), tuple(events.found))


def _live(diagram: Diagram) -> list[Node]:
    """The nodes that some output depends on; equal ones are shared later, by their values."""
    needed = set(diagram.outputs)
    found: list[Node] = []
    for node in reversed(diagram.nodes):
        if any(node.first + port in needed for port in range(len(node.box.cod))):
            needed.update(node.inputs)
            found.append(node)
    return found[::-1]


def _settled(form: Form, calculus: Calculus, steps: list[Step]) -> Form:
    """Rebuild until nothing changes; stopping early would be sound, too."""
    for _ in range(len(form.events) + 2):
        again = _rebuilt(form, calculus, steps)
        if again == form:
            break
        form = again
    return form


def _rebuilt(
    form: Form, calculus: Calculus, steps: list[Step], change: Change | None = None
) -> Form:
    """Only the events behind the outputs, in the order in which a search leaves them."""
    events = Events(calculus, steps)
    new = Substitution(calculus)
    for number in _departures(form, change):
        box, inputs = form.events[number].box, form.events[number].inputs
        written = events.fire(box, tuple(new.value(value) for value in inputs))
        new.learn((Drawn(number, port, ob), written[port]) for port, ob in enumerate(box.cod))
        if change and change[0].event == number:
            u, p = change
            new.learn([(u, calculus.product(inverse(new.word(p)), new.word(((u, 1),))))])
    return Form(tuple(new.value(value) for value in form.outputs), tuple(events.found))


def _departures(form: Form, change: Change | None) -> Iterator[int]:
    met: set[int] = set()
    stack: list[tuple[Iterator[Source], int | None]] = [(_sources(form.outputs), None)]
    while stack:
        behind, number = stack[-1]
        for source in behind:
            if isinstance(source, Drawn) and source.event not in met:
                met.add(source.event)
                reads = form.events[source.event].inputs
                absorbed = (change[1],) if change and change[0].event == source.event else ()
                stack.append((_sources((*reads, *absorbed)), source.event))
                break
        else:
            stack.pop()
            if number is not None:
                yield number


def _sources(values: tuple[Value, ...]) -> Iterator[Source]:
    return (source for value in values for source in sources(value))


def _absorbed(form: Form, theory: Theory) -> Change | None:
    """The first left-invariant event that can absorb a word, and the word."""
    for number, event in enumerate(form.events):
        if event.box in theory.invariant:
            u = Drawn(number, 0, event.box.cod.obs[0])
            p = _neighbours(form, u)
            if p and not _depends(form, p, number):
                return u, p
    return None


def _neighbours(form: Form, u: Drawn) -> Word:
    """The letters of u's group beside the first bare u, as a word to the left of it."""
    for value in (*form.outputs, *(v for event in form.events for v in event.inputs)):
        word = value.word if isinstance(value, Acted) else value
        for place, (atom, sign) in enumerate(word):
            if atom == u and sign == 1:
                return inverse(split(inverse(word[:place]), u.ob)[0])
            if atom == u:
                return inverse(split(word[place + 1 :], u.ob)[0])
    return ()


def _depends(form: Form, word: Word, number: int) -> bool:
    """Whether some letter of the word is drawn with the help of event ``number``."""
    after = {number}
    for later, event in enumerate(form.events):
        if any(isinstance(s, Drawn) and s.event in after for s in _sources(event.inputs)):
            after.add(later)
    return any(isinstance(s, Drawn) and s.event in after for s in sources(word))
