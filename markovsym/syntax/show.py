"""Words and values as one writes them."""

from markovsym.syntax.theory import Section
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
)


def show(value: Value) -> str:
    """A value as text; ``x0`` is input 0 and ``y~2`` what event 2 draws."""
    if isinstance(value, Acted):
        return ".".join([*_letters(value.word), _atom(value.base)])
    return " ".join(_letters(value)) or "e"


def _letters(word: Word) -> list[str]:
    return [_atom(atom) + ("" if sign == 1 else "^-1") for atom, sign in word]


def _atom(atom: Atom) -> str:
    match atom:
        case Given(place, ob):
            return f"{ob.stem}{place}"
        case Drawn(event, port, ob):
            return f"{ob.stem}~{event}" + (f"[{port}]" if port else "")
        case Origin():
            return "eH"
        case Mapped(phi, inner):
            return f"{phi.name}({_atom(inner)})"
        case Chosen(_, coset):
            return f"s0({show(coset)})"
        case Corrected(section, word, coset):
            name = section.name if isinstance(section, Section) else "s0"
            return f"eta_{name}({show(Acted((*word, *coset.word), coset.base))})"
        case Turned(_, by, inner):
            return f"rho({show(by)}, {_atom(inner)})"
