"""The normal form of a diagram modulo a theory.

A diagram becomes a list of events, the uses of boxes that are no structure, on values in which the
group structure is worked out. Each step is an instance of an assumption or of a Markov axiom, so
diagrams with one normal form are equal in every model; different normal forms mean nothing.
"""

from collections import Counter
from collections.abc import Iterator

from markovsym.syntax.absorb import Change, absorbed
from markovsym.syntax.calculus import Calculus
from markovsym.syntax.diagram import Diagram, Node
from markovsym.syntax.events import Events, Form, Step
from markovsym.syntax.show import show
from markovsym.syntax.substitute import Substitution
from markovsym.syntax.theory import Theory
from markovsym.syntax.words import (
    Drawn,
    Given,
    Source,
    Value,
    inverse,
    sources,
)


def normal_form(diagram: Diagram, theory: Theory, steps: list[Step]) -> Form:
    """The normal form; what was done on the way is added to ``steps``.

    Raises:
        WordTooLong: If a word passes the limit.
    """
    calculus = Calculus(theory)
    form = _settled(_read(diagram, calculus, steps), calculus, steps)
    for _ in range(2 * sum(len(theory.invariant.get(event.box, ())) for event in form.events)):
        change = absorbed(form, calculus)
        if change is None:
            break
        for number in sorted(change.events):
            drawn = f"{form.events[number].box.name}~{number}"
            drawn = f"{change.through.name}({drawn})" if change.through else drawn
            steps.append(Step(f"{drawn} -> {show(inverse(change.word))} {drawn}", change.rule))
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
    needed = list(_departures(form, change))
    for number in sorted(set(range(len(form.events))) - set(needed)):
        steps.append(Step(f"nothing depends on {form.events[number].box.name}"))
    for number in needed:
        box, inputs = form.events[number].box, form.events[number].inputs
        written = events.fire(box, tuple(new.value(value) for value in inputs))
        if change and number in change.events:
            word = inverse(new.word(change.word))
            if change.through:
                new.learn_image(change.through, Drawn(number, 0, box.cod.obs[0]), word)
            else:
                written = events.moved(change.rule, word, written, box.cod.obs)
        new.learn((Drawn(number, port, ob), written[port]) for port, ob in enumerate(box.cod))
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
                absorbed = (change.word,) if change and source.event in change.events else ()
                stack.append((_sources((*reads, *absorbed)), source.event))
                break
        else:
            stack.pop()
            if number is not None:
                yield number


def _sources(values: tuple[Value, ...]) -> Iterator[Source]:
    return (source for value in values for source in sources(value))
