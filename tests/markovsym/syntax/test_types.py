import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.syntax import Ob, Ty
from tests.markovsym.syntax.random_diagrams import random_type


@given(seed=st.integers(0, 2**32 - 1))
def test_types_are_a_free_monoid(seed: int) -> None:
    rng = Random(seed)
    A, B, C = (random_type(rng, 3) for _ in range(3))
    assert (A @ B) @ C == A @ (B @ C)
    assert Ty() @ A == A == A @ Ty()
    assert len(A @ B) == len(A) + len(B)
    assert tuple(A @ B) == tuple(A) + tuple(B)
    assert (A @ B)[: len(A)] == A
    assert (A @ B)[len(A) :] == B


def test_the_product_keeps_the_order() -> None:
    assert Ty("X") @ Ty("Y") == Ty("X", "Y") != Ty("Y", "X")


def test_a_name_makes_an_object() -> None:
    assert Ty("X") == Ty(Ob("X"))
    assert Ty("X", Ob("Y")).obs == (Ob("X"), Ob("Y"))


def test_what_an_object_stands_for_counts() -> None:
    rotated, still = Ob("X", of="rotation"), Ob("X", of="trivial")
    assert rotated != still
    assert Ty(rotated) != Ty(still) != Ty("X")
    assert Ob("X", of="rotation") == rotated
    assert hash(Ob("X", of="rotation")) == hash(rotated)


@pytest.mark.parametrize(
    ("found", "text"),
    [(Ty(), "I"), (Ty("X"), "X"), (Ty("X", "Y", "X"), "X @ Y @ X"), (Ty(Ob("X", of=1)), "X")],
    ids=["unit", "one", "three", "with a space"],
)
def test_a_type_is_shown_by_its_names(found: Ty, text: str) -> None:
    assert str(found) == text


def test_types_survive_pickling() -> None:
    row = Ty("X", Ob("Y", of=(3, "a")))
    assert pickle.loads(pickle.dumps(row)) == row  # noqa: S301
    assert len({row, pickle.loads(pickle.dumps(row))}) == 1  # noqa: S301
