"""The laws that every action obeys; a new action is one more line in ``CASES``."""

import math
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    Action,
    CosetAction,
    Matrix,
    Permutation,
    Together,
    Trivial,
    coset_space,
    regular,
)
from markovsym.groups import (
    SO,
    Cosets,
    Direct,
    Element,
    FactorInclusion,
    FromTrivial,
    O,
    S,
    require_compact,
)
from markovsym.spaces import Kind, Orthogonal, space

P = Direct(S(4), O(3))
LEFT, RIGHT = (FactorInclusion(P, side) for side in ("left", "right"))
BOTH = Together(Permutation(S(4)), Matrix(O(3)))


@dataclass(frozen=True)
class Case:
    """An action, and the event shape of what it acts on."""

    action: Action
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.action} on {self.shape}"

    def draw(self, seed: int, *batch: int) -> tuple[Element, Element, Tensor]:
        """Two group elements and a value, in double precision."""
        generator = torch.Generator().manual_seed(seed)
        G = require_compact(self.action.group)
        g, h = (G.haar(*batch, generator=generator, dtype=torch.float64) for _ in range(2))
        if isinstance(self.action, CosetAction):
            K = require_compact(self.action.cosets.representatives)
            return g, h, K.haar(*batch, generator=generator, dtype=torch.float64)
        return g, h, torch.randn(*batch, *self.shape, generator=generator, dtype=torch.float64)


CASES = [
    Case(Trivial(O(3)), (5, 3)),
    Case(Matrix(O(3)), (3,)),
    Case(Matrix(O(3)), (5, 3)),
    Case(Matrix(O(3)), (2, 5, 3)),
    Case(Matrix(SO(2)), (4, 2)),
    Case(Permutation(S(4)), (4, 3)),
    Case(Permutation(S(4), (-1,)), (4,)),
    Case(Permutation(S(4), (-1,)), (3, 4)),
    Case(Permutation(S(4), (-2, -1)), (4, 4)),
    Case(Permutation(S(4), (-3, -2)), (4, 4, 2)),
    Case(Permutation(S(4), (-3,)), (4, 2, 3)),
    Case(CosetAction(Cosets(FromTrivial(O(3)))), (3, 3)),
    Case(CosetAction(Cosets(FromTrivial(S(4)))), (4,)),
    Case(CosetAction(Cosets(LEFT)), (3, 3)),
    Case(CosetAction(Cosets(RIGHT)), (4,)),
    Case(BOTH, (4, 3)),
    Case(Together(Permutation(S(4), (-1,)), Permutation(S(3), (-2,))), (3, 4)),
]
every_action = pytest.mark.parametrize("case", CASES, ids=str)
seeds = st.integers(0, 2**32 - 1)
batches = st.lists(st.integers(1, 3), max_size=2)


@every_action
@given(seed=seeds, batch=batches)
def test_the_identity_moves_nothing_and_the_inverse_back(
    case: Case, seed: int, batch: list[int]
) -> None:
    g, _, x = case.draw(seed, *batch)
    G = case.action.group
    torch.testing.assert_close(case.action(G.identity(*batch, dtype=torch.float64), x), x)
    torch.testing.assert_close(case.action(G.inverse(g), case.action(g, x)), x)


@every_action
@given(seed=seeds, batch=batches)
def test_acting_by_a_product_is_acting_twice(case: Case, seed: int, batch: list[int]) -> None:
    g, h, x = case.draw(seed, *batch)
    moved = case.action(case.action.group.multiply(g, h), x)
    torch.testing.assert_close(moved, case.action(g, case.action(h, x)))
    assert moved.shape == x.shape


@every_action
def test_a_batch_of_elements_acts_entry_by_entry(case: Case) -> None:
    g, _, x = case.draw(0, 2, 3)
    moved = case.action(g, x)
    for i in range(2):
        for j in range(3):
            alone = tuple(part[i, j] for part in g) if isinstance(g, tuple) else g[i, j]
            torch.testing.assert_close(moved[i, j], case.action(alone, x[i, j]))


@every_action
def test_one_element_moves_a_whole_batch(case: Case) -> None:
    g, _, _ = case.draw(0)
    _, _, x = case.draw(1, 2, 3)
    moved = case.action(g, x)
    for i in range(2):
        for j in range(3):
            torch.testing.assert_close(moved[i, j], case.action(g, x[i, j]))


@pytest.mark.parametrize("case", [c for c in CASES if "Trivial" not in str(c)], ids=str)
def test_something_moves(case: Case) -> None:
    g, _, x = case.draw(0, 5)
    assert (case.action(g, x) != x).any()


def test_the_trivial_action_hands_back_what_it_gets() -> None:
    x = torch.ones(5, 3)
    assert Trivial(O(3))(-torch.eye(3), x) is x


def test_a_matrix_acts_on_columns_from_the_left() -> None:
    c, s = math.cos(1.0), math.sin(1.0)
    turn = torch.tensor([[c, -s], [s, c]])
    moved = Matrix(SO(2))(turn, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    torch.testing.assert_close(moved, torch.tensor([[c, s], [-s, c]]))


def test_entry_i_goes_to_place_g_of_i() -> None:
    g, x = torch.tensor([1, 2, 0]), torch.tensor([10.0, 20.0, 30.0])
    assert Permutation(S(3), (-1,))(g, x).tolist() == [30.0, 10.0, 20.0]
    assert Permutation(S(3))(g, x.unsqueeze(-1)).squeeze(-1).tolist() == [30.0, 10.0, 20.0]


def test_a_permutation_of_two_axes_moves_rows_and_columns() -> None:
    g = torch.tensor([1, 2, 0])
    edges = torch.tensor([[0, 1, 0], [0, 0, 0], [0, 0, 5]])  # 0 -> 1, and 2 -> 2
    moved = Permutation(S(3), (-2, -1))(g, edges)
    assert moved.tolist() == [[5, 0, 0], [0, 0, 1], [0, 0, 0]]  # 1 -> 2, and 0 -> 0


def test_a_permutation_keeps_the_type_of_what_it_moves() -> None:
    mask = torch.tensor([True, False, False])
    moved = Permutation(S("atom"), (-1,))(torch.tensor([1, 2, 0]), mask)
    assert moved.tolist() == [False, True, False]


def test_actions_are_equal_by_content() -> None:
    assert Matrix(O(3)) == Matrix(O(3)) != Matrix(SO(3))
    assert Permutation(S("atom")) == Permutation(S("atom"), (-2,))
    assert Permutation(S(4), (-2,)) != Permutation(S(4), (-1,))
    assert CosetAction(Cosets(LEFT)) != CosetAction(Cosets(RIGHT))


def test_a_group_moves_itself_from_the_left() -> None:
    generator = torch.Generator().manual_seed(0)
    g, h = O(3).haar(2, generator=generator)
    torch.testing.assert_close(regular(O(3)).act(g, h), g @ h)
    assert regular(O(3)).space == space((3, 3), constraint=Orthogonal())
    assert regular(S("atom")).space == space(("atom",), Kind.INTEGER)
    assert regular(O(3)).group == O(3)


def test_the_cosets_of_a_factor_are_moved_by_the_other_factor_only() -> None:
    generator = torch.Generator().manual_seed(0)
    (p, g), k = P.haar(generator=generator), O(3).haar(generator=generator)
    X = coset_space(Cosets(LEFT))
    assert (X.group, X.space) == (P, O(3).space)
    torch.testing.assert_close(X.act((p, g), k), g @ k)
