import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.actions import Action, GSpace, gspace, matrix, permutation, trivial
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import SO, O, S
from markovsym.kernels import Identity
from markovsym.spaces import UNIT, CentreFree, Kind, space

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


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_factor_needs_its_action(count: int) -> None:
    message = rf"^wanted one action for each factor of \(.* x .*\), got {count}$"
    with pytest.raises(CompositionError, match=message):
        GSpace(G, space((3,)) @ space((3,)), (matrix(G),) * count)


def test_the_unit_of_a_group_is_neutral() -> None:
    unit = GSpace(G, UNIT, ())
    assert unit @ POINTS == POINTS @ unit == POINTS
    assert unit.act(torch.eye(3), ()) == ()


def test_an_action_of_another_group_is_refused() -> None:
    with pytest.raises(ActionMismatch, match=r"^wanted actions of O\(3\), got one of SO\(3\)$"):
        GSpace(G, space((3,)), (matrix(SO(3)),))


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
        "the first kernel ends in a space under the actions (Matrix(of=OrthogonalGroup(n=3)),), "
        "the next starts in the same space under (Trivial(of=OrthogonalGroup(n=3)),)"
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
