"""Proofs that two diagrams are equal in every model of a theory."""

from dataclasses import dataclass
from typing import final

from markovsym.errors import CompositionError
from markovsym.syntax.diagram import Arrow
from markovsym.syntax.events import Form, Step
from markovsym.syntax.rewrite import normal_form
from markovsym.syntax.show import show
from markovsym.syntax.theory import Hypothesis, Theory
from markovsym.syntax.words import WordTooLong


@final
@dataclass(frozen=True)
class Proof:
    """Both sides have one normal form.

    Args:
        lhs: The left side.
        rhs: The right side.
        steps: What was done to the left side, then to the right one, besides the group axioms.
        hypotheses: Hypotheses that the proof uses; without any one of them it is not found.
        form: The common normal form.
    """

    lhs: Arrow
    rhs: Arrow
    steps: tuple[Step, ...]
    hypotheses: frozenset[Hypothesis]
    form: Form

    def __str__(self) -> str:
        assumed = ", ".join(sorted(map(str, self.hypotheses))) or "nothing but the axioms"
        steps = [f"  {i}. {step}" for i, step in enumerate(self.steps, 1)]
        return "\n".join([f"proved from: {assumed}", *steps, f"  both are {_text(self.form)}"])


@final
@dataclass(frozen=True)
class NotProved:
    """The rules do not show the two sides equal; that does not make them different."""

    lhs: Arrow
    rhs: Arrow
    reason: str

    def __str__(self) -> str:
        return f"not proved: {self.reason}"


def prove(lhs: Arrow, rhs: Arrow, theory: Theory) -> Proof | NotProved:
    """Try to prove ``lhs = rhs`` from a theory.

    Args:
        lhs: A box or diagram.
        rhs: Another one, of the same type.
        theory: What is assumed.

    Raises:
        CompositionError: If the two are of different types.

    Source:
        Normal form: each rule is an instance of an axiom; no completeness is claimed.

    Example:
        >>> from markovsym.syntax import Box, Diagram, Ty
        >>> X, Y = Ty("X"), Ty("Y")
        >>> f = Box("f", X, Y)
        >>> print(prove(f >> Diagram.discard(Y), Diagram.discard(X), Theory()))
        proved from: nothing but the axioms
          1. nothing depends on f
          both are ()
    """
    if (lhs.dom, lhs.cod) != (rhs.dom, rhs.cod):
        raise CompositionError(f"wanted two sides of one type, got ({lhs}) and ({rhs})")
    found = _attempt(lhs, rhs, theory)
    if isinstance(found, NotProved):
        return found
    for hypothesis in sorted(theory.hypotheses, key=str):
        fewer = theory.without(hypothesis)
        again = _attempt(lhs, rhs, fewer)
        if isinstance(again, Proof):
            found, theory = again, fewer
    return found


def _attempt(lhs: Arrow, rhs: Arrow, theory: Theory) -> Proof | NotProved:
    """A proof that takes all hypotheses of the theory for used."""
    steps: list[Step] = []
    try:
        form, other = (normal_form(side.diagram, theory, steps) for side in (lhs, rhs))
        if form != other:
            return NotProved(lhs, rhs, f"one side is {_text(form)}, the other {_text(other)}")
    except (WordTooLong, RecursionError):  # letters can lie within letters, too
        return NotProved(lhs, rhs, "a word in group elements grew too long")
    return Proof(lhs, rhs, tuple(dict.fromkeys(steps)), theory.hypotheses, form)


def _text(form: Form) -> str:
    outputs = ", ".join(map(show, form.outputs))
    drawn = [
        f"~{number} {event.box.name}({', '.join(map(show, event.inputs))})"
        for number, event in enumerate(form.events)
    ]
    return f"({outputs})" + (f" with {', '.join(drawn)}" if drawn else "")
