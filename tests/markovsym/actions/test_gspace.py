from dataclasses import dataclass
from typing import final

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    Acted,
    Action,
    CosetAction,
    GSpace,
    Scaling,
    Together,
    Trivial,
    affine,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    scaling,
    trivial,
)
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import (
    SO,
    Cosets,
    Direct,
    E,
    Element,
    FactorInclusion,
    FixingAxes,
    FromTrivial,
    Group,
    O,
    S,
    Scalings,
    TrivialGroup,
)
from markovsym.kernels import Identity
from markovsym.spaces import UNIT, CentreFree, Kind, Space, Value, space

G = O(3)
POINTS, LABELS = gspace(("atom", 3), matrix(G)), gspace(("atom",), trivial(G), Kind.INTEGER)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_product_is_acted_on_factor_by_factor(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g = G.haar(7, generator=generator, dtype=torch.float64)
    x = torch.randn(7, 5, 3, generator=generator, dtype=torch.float64)
    n = torch.randint(9, (7, 5), generator=generator)
    wanted = (POINTS.act(g, x), n, POINTS.act(g, -x))
    torch.testing.assert_close((POINTS @ LABELS @ POINTS).act(g, (x, n, -x)), wanted)


def test_the_product_joins_spaces_and_actions() -> None:
    X = POINTS @ LABELS
    assert X.space == POINTS.space @ LABELS.space
    assert X.actions == (matrix(G), trivial(G))
    assert X.group == G
    assert (POINTS @ LABELS) @ POINTS == POINTS @ (LABELS @ POINTS)


def test_a_lone_factor_stays_a_tensor() -> None:
    x = torch.ones(5, 3)
    assert torch.equal(POINTS.act(-torch.eye(3), x), -x)


def test_spaces_are_equal_by_space_and_by_action() -> None:
    assert gspace((5, 3), matrix(G)) == gspace((5, 3), matrix(O(3)))
    others = [
        gspace((5, 3), trivial(G)),
        gspace((5, 3), matrix(SO(3))),
        gspace((4, 3), matrix(G)),
        gspace((5, 3), matrix(G), constraint=CentreFree()),
    ]
    assert gspace((5, 3), matrix(G)) not in others


def test_a_space_prints_its_group() -> None:
    wanted = "floating point of shape (*batch, atom, 3) under O(3)"
    assert str(POINTS) == wanted


def test_two_groups_on_one_space_are_refused() -> None:
    message = r"^wanted one group on all factors, got O\(3\) and S\(atom\)$"
    with pytest.raises(ActionMismatch, match=message):
        POINTS @ gspace(("atom", 3), permutation(S("atom")))


def test_the_unit_of_a_group_is_neutral() -> None:
    unit = GSpace(G, ())
    assert unit @ POINTS == POINTS @ unit == POINTS
    assert (unit, unit.space, unit.wires) == (POINTS.unit, UNIT, ())
    assert unit.act(torch.eye(3), ()) == ()


def test_an_action_of_another_group_is_refused() -> None:
    with pytest.raises(ActionMismatch, match=r"^wanted actions of O\(3\), got one of SO\(3\)$"):
        GSpace(G, (Acted(space((3,)), matrix(SO(3))),))


@pytest.mark.parametrize(
    ("shape", "action", "kind"),
    [
        ((4,), matrix(G), Kind.REAL),
        ((), matrix(G), Kind.REAL),
        ((5, 3), matrix(G), Kind.INTEGER),
        ((4, 3), permutation(S(5)), Kind.REAL),
        (("atom", 3), permutation(S(5)), Kind.REAL),
        ((5,), permutation(S(5)), Kind.REAL),
        ((5, 4), permutation(S(5), (-2, -1)), Kind.REAL),
    ],
    ids=["size", "scalar", "kind", "places", "named size", "no such axis", "one of two axes"],
)
def test_an_action_that_does_not_fit_is_refused(
    shape: tuple[int | str, ...], action: Action, kind: Kind
) -> None:
    with pytest.raises(CompositionError, match=r" cannot act on "):
        gspace(shape, action, kind)


def test_spaces_of_two_groups_do_not_meet() -> None:
    message = (
        r"^the first kernel ends in a space of O\(3\), the next starts in one of SO\(3\); "
        r"restrict both to one group$"
    )
    with pytest.raises(ActionMismatch, match=message):
        Identity(gspace((3,), matrix(G))) >> Identity(gspace((3,), matrix(SO(3))))


def test_a_wire_is_equal_by_action() -> None:
    (turned,), (still,) = (gspace((3,), a).wires for a in (matrix(G), trivial(G)))
    assert turned[0] == still[0] == "R(3)"
    assert turned != still


def test_kernels_that_meet_in_a_space_but_not_in_its_action_are_refused() -> None:
    with pytest.raises(ActionMismatch) as caught:
        Identity(gspace((3,), matrix(G))) >> Identity(gspace((3,), trivial(G)))
    assert str(caught.value) == (
        f"the first kernel ends in a space under the actions {(matrix(G),)}, the next starts in "
        f"the same space under {(trivial(G),)}"
    )


@pytest.mark.parametrize("other", [gspace((4, 3), matrix(G)), space((3,))], ids=str)
def test_kernels_that_do_not_meet_at_all_are_refused(other: GSpace) -> None:
    message = (
        r"^the first kernel ends in \(floating point of shape \(\*batch, 3\) under "
        r"O\(3\)\), the next starts in \("
    )
    with pytest.raises(CompositionError, match=message) as caught:
        Identity(gspace((3,), matrix(G))) >> Identity(other)
    assert not isinstance(caught.value, ActionMismatch)


P, NESTED = Direct(S(4), O(3)), Direct(S(3), E(2))
SEVERAL = [P, E(3), NESTED, Direct(P, Scalings()), Direct(TrivialGroup(), E(2))]


@pytest.mark.parametrize("H", SEVERAL, ids=str)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_block_of_several_tensors_is_moved_as_one(H: Group, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g, h, k = (H.random(5, generator=generator, dtype=torch.float64) for _ in range(3))
    X = regular(H)
    torch.testing.assert_close(X.act(g, h), H.multiply(g, h))
    beside = X @ gspace((2,), trivial(H)) @ X
    n = torch.randn(5, 2, generator=generator)
    moved = beside.act(g, (*h, n, *k))
    torch.testing.assert_close(moved, (*H.multiply(g, h), n, *H.multiply(g, k)))


@pytest.mark.parametrize("H", SEVERAL, ids=str)
def test_a_block_of_several_tensors_is_one_wire(H: Group) -> None:
    X = regular(H) @ gspace((2,), trivial(H))
    (label, block), (other, _) = X.wires
    assert (label, other) == (str(H), "R(2)")
    assert block == Acted(H.space, CosetAction(Cosets(FromTrivial(H))))
    assert len(X.space.factors) == len(H.space.factors) + 1
    assert X.blocks == (block, Acted(space((2,)), trivial(H)))


def test_a_value_falls_into_the_parts_of_its_blocks() -> None:
    X = (
        regular(E(2))
        @ gspace((3,), trivial(E(2)))
        @ coset_space(Cosets(FactorInclusion(E(2), "left")))
    )
    t, Q, x, R = torch.zeros(2), torch.eye(2), torch.zeros(3), -torch.eye(2)
    parts = [part for _, part in X.parts((t, Q, x, R))]
    assert len(parts) == 3
    assert parts[0] == (t, Q)
    assert parts[1] is x
    assert parts[2] is R


def test_wires_are_labelled_by_what_they_carry() -> None:
    sphere = coset_space(Cosets(FixingAxes(3, 1)))
    assert sphere.wires[0][0] == "O(3)/O(2)"
    assert coset_space(Cosets(FactorInclusion(P, "left"))).wires[0][0] == "O(3)"
    assert (POINTS @ LABELS).wires[1][0] == "Z(atom)"


@final
@dataclass(frozen=True)
class Both(Action):
    """A scaling moves two numbers, and their product with itself: one action on two tensors."""

    @property
    def group(self) -> Scalings:
        return Scalings()

    @property
    def affine(self) -> bool:
        return True

    def fits(self, space: Space) -> bool:
        return [one.shape for one in space.factors] == [(), ()]

    def __call__(self, g: Element, x: Value) -> Value:
        return x[0] * g, x[1] * g * g

    def log_volume(self, g: Element, x: Value, space: Space) -> Tensor:
        return 3 * g.log()


def test_the_stretches_of_blocks_of_several_tensors_add_up() -> None:
    two = Acted(space(()) @ space(()), Both())
    X = GSpace(Scalings(), (two,)) @ gspace((4,), scaling(Scalings())) @ GSpace(Scalings(), (two,))
    one, many = torch.zeros(5), torch.zeros(5, 4)
    found = X.log_volume(torch.full((5,), 2.0), (one, one, many, one, one))
    torch.testing.assert_close(found, torch.full((5,), 10.0).mul(torch.tensor(2.0).log()))
    moved = X.act(torch.tensor(2.0), (one + 1, one + 1, many + 1, one + 1, one + 1))
    assert [int(part.flatten()[0]) for part in moved] == [2, 4, 2, 2, 4]
    assert X.wires[0][0] == "R()xR()"


@pytest.mark.parametrize(
    ("of", "action"),
    [
        (space((2,)), CosetAction(Cosets(FromTrivial(E(2))))),
        (space((2, 2)) @ space((2,)), CosetAction(Cosets(FromTrivial(E(2))))),
        (space((3, 3)) @ space((4,), Kind.INTEGER), CosetAction(Cosets(FromTrivial(P)))),
        (space(()), Both()),
        (space((5, 2)) @ space((5, 2)), affine(E(2))),
        (UNIT, affine(E(2))),
    ],
    ids=str,
)
def test_several_tensors_of_another_number_or_order_are_refused(of: Space, action: Action) -> None:
    with pytest.raises(CompositionError, match=r"\) cannot act on "):
        GSpace(action.group, (Acted(of, action),))


def test_kernels_on_elements_of_two_groups_do_not_meet() -> None:
    with pytest.raises(ActionMismatch) as caught:
        Identity(regular(P)) >> Identity(regular(E(3)))
    assert str(caught.value) == (
        "the first kernel ends in a space of S(4) x O(3), the next starts in one of E(3); restrict "
        "both to one group"
    )


def test_elements_under_two_actions_do_not_meet() -> None:
    still = GSpace(P, (Acted(P.space, Trivial(P)),))
    with pytest.raises(ActionMismatch) as caught:
        Identity(regular(P)) >> Identity(still)
    assert str(caught.value) == (
        f"the first kernel ends in a space under the actions {regular(P).actions}, the next starts "
        f"in the same space under {(Trivial(P),)}"
    )


def test_two_blocks_are_not_one_of_both() -> None:
    G = Scalings()
    both = gspace((), scaling(G)) @ gspace((), Scaling(G, 2.0))
    one = GSpace(G, (Acted(both.space, Both()),))
    x, g = (torch.ones(3), torch.ones(3)), torch.full((3,), 2.0)
    torch.testing.assert_close(both.act(g, x), one.act(g, x))
    assert both != one
    with pytest.raises(
        ActionMismatch, match=r"^the first kernel ends in a space under the actions"
    ):
        Identity(both) >> Identity(one)


def test_a_point_of_two_groups_may_be_nested() -> None:
    X = gspace((3, 2), Together(NESTED, permutation(S(3)), affine(E(2))))
    g = (torch.tensor([1, 2, 0]), torch.tensor([1.0, 0.0]), -torch.eye(2))
    moved = X.act(g, torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert moved.tolist() == [[-4.0, -6.0], [0.0, -2.0], [-2.0, -4.0]]
