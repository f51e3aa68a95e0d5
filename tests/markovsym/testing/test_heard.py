"""Whoever listens is told of each check by its name."""

from collections.abc import Callable

import pytest
import torch

from markovsym.actions import gspace, matrix, trivial
from markovsym.categories import FinStoch
from markovsym.groups import O
from markovsym.spaces import Kind
from markovsym.testing.density.density import assert_density_equivariant
from markovsym.testing.finite.exact import assert_equivariant_exact
from markovsym.testing.finite.finite_action import FiniteAction
from markovsym.testing.law.vacuity import assert_not_vacuous
from markovsym.testing.outcome import Outcome, Verdict, heard
from markovsym.testing.pointwise.deterministic import assert_equivariant
from markovsym.testing.supports.padding import assert_padding_invariant
from markovsym.testing.supports.support import assert_in_space
from markovsym.testing.supports.translation import assert_translation_invariant

X = gspace((5, 3), matrix(O(3)))
MASKED = gspace(("atom",), trivial(O(3))) @ gspace(("atom",), trivial(O(3)), Kind.BOOLEAN)
NUMBER = gspace((), trivial(O(3)))
CHECKS: dict[str, Callable[[], object]] = {
    "equivariance of a function": lambda: assert_equivariant(lambda x: x, X),
    "equivariance, exactly": lambda: assert_equivariant_exact(
        FinStoch(exact=True).identity((2,)), FiniteAction(((1, 0),))
    ),
    "equivariance of the density": lambda: assert_density_equivariant(
        lambda y, x: -(y - x).square().sum((-2, -1)), X
    ),
    "draws lie in their space": lambda: assert_in_space(lambda x: x, X),
    "padding does not matter": lambda: assert_padding_invariant(
        lambda x, mask: torch.where(mask, x, 0.0).sum(-1), X=MASKED, Y=NUMBER
    ),
    "translation": lambda: assert_translation_invariant(lambda x: x, X=X),
    "the model is not vacuous": lambda: assert_not_vacuous(lambda x: x, X=X),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_heard_of(name: str) -> None:
    found: list[Outcome] = []
    with heard(found.append):
        CHECKS[name]()
    assert (found[-1].check, found[-1].verdict) == (name, Verdict.PASS)
