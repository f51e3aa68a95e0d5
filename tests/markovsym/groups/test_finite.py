import itertools
import pickle

import pytest
import torch
from torch import Tensor

from markovsym.errors import NotFiniteError
from markovsym.groups import SO, C, D, Direct, FiniteGroup, Group, O, S, T, TrivialGroup, U
from markovsym.groups.enumeration import closure

CYCLE, SHIFT = torch.tensor([1, 2, 0, 3, 4]), torch.tensor([1, 2, 3, 4, 0])
I = torch.tensor([[1j, 0], [0, -1j]])
J = torch.tensor([[0, 1], [-1, 0]], dtype=torch.complex64)
QUATERNIONS = closure(U(2), [I, J])
TURN = torch.tensor([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])
ROLL = torch.tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0.0]])
Table = tuple[tuple[int, ...], ...]


def orders(G: FiniteGroup) -> list[int]:
    """How often each element is multiplied with itself until the identity comes."""
    found = []
    for g in G.elements():
        power, order = g, 1
        while power != 0:
            power, order = G.multiply(power, g), order + 1
        found.append(order)
    return sorted(found)


def test_the_quaternion_group() -> None:
    G = FiniteGroup.of(U(2), QUATERNIONS)
    assert orders(G) == [1, 2, 4, 4, 4, 4, 4, 4]
    assert torch.equal(QUATERNIONS[0], torch.eye(2, dtype=torch.complex64))
    products = G.multiply(torch.tensor(G.letters), torch.tensor(G.letters[::-1]))
    assert products[0] != products[1]


def test_the_alternating_groups() -> None:
    three_cycles = [CYCLE, torch.tensor([0, 2, 3, 1, 4]), torch.tensor([0, 1, 3, 4, 2])]
    assert FiniteGroup.of(S(5), closure(S(5), three_cycles[:2])).order == 12
    five = FiniteGroup.of(S(5), closure(S(5), three_cycles))
    assert orders(five) == [1] + [2] * 15 + [3] * 20 + [5] * 24


def test_the_rotations_of_a_cube_are_the_permutations_of_its_diagonals() -> None:
    cube = FiniteGroup.of(SO(3), closure(SO(3), [TURN, ROLL]))
    assert orders(cube) == orders(FiniteGroup.of(S(4), S(4).elements()))
    with_mirrors = closure(O(3), [TURN, ROLL, -torch.eye(3)])
    assert with_mirrors.shape == (48, 3, 3)


def test_words_are_not_lost_to_rounding() -> None:
    angle = torch.tensor(2 * torch.pi / 100)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).reshape(2, 2)
    assert len(closure(SO(2), [turn])) == 100
    assert closure(SO(2), [turn]).dtype == torch.float32


def test_the_closure_of_pairs() -> None:
    G = Direct(C(4), S(3))
    found = closure(G, [(torch.tensor(2), torch.tensor([1, 2, 0]))])
    assert FiniteGroup.of(G, found).order == 6
    assert [part.shape for part in found] == [(6,), (6, 3)]


def test_nothing_generates_the_identity() -> None:
    assert torch.equal(closure(O(2), []), torch.eye(2).unsqueeze(0))
    assert closure(TrivialGroup(), [()]) == ()


@pytest.mark.parametrize("G", [SO(2), SO(3), T(1)], ids=str)
def test_the_elements_of_an_infinite_subgroup_cannot_be_listed(G: Group) -> None:
    with pytest.raises(NotFiniteError, match=r"generate more than 2000 elements of .*raise the li"):
        closure(G, G.generators())


def test_a_limit_on_the_number_of_elements() -> None:
    assert len(closure(S(5), [SHIFT, CYCLE], limit=60)) == 60
    message = r"^the elements generate more than 59 elements of S\(5\); if their subgroup is"
    with pytest.raises(NotFiniteError, match=message):
        closure(S(5), [SHIFT, CYCLE], limit=59)


@pytest.mark.parametrize(
    ("G", "elements"),
    [
        (S(4), S(4).elements()),
        (C(6), C(6).elements()),
        (D(5), D(5).elements()),
        (U(2), QUATERNIONS),
    ],
    ids=str,
)
def test_the_table_has_the_products(G: Group, elements: Tensor) -> None:
    table = torch.tensor(FiniteGroup.of(G, elements).table)
    products = G.multiply(elements.unsqueeze(1), elements.unsqueeze(0))
    torch.testing.assert_close(products, elements[table])


def test_a_group_of_a_thousand_elements_is_no_trouble() -> None:
    assert FiniteGroup.of(C(1000), C(1000).elements()).letters == (1,)


def latin_squares(n: int) -> list[Table]:
    """All squares with 0, 1, 2, ... in the first row and column and each number once a line."""
    found: list[list[tuple[int, ...]]] = [[tuple(range(n))]]
    for i in range(1, n):
        rows = [row for row in itertools.permutations(range(n)) if row[0] == i]
        found = [
            [*above, row]
            for above in found
            for row in rows
            if all(len({*column}) == i + 1 for column in zip(*above, row, strict=True))
        ]
    return [tuple(square) for square in found]


def is_group(table: Table) -> bool:
    try:
        FiniteGroup(table)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("n", "squares", "groups"), [(3, 1, 1), (4, 4, 4), (5, 56, 6)])
def test_exactly_the_latin_squares_that_are_associative_are_groups(
    n: int, squares: int, groups: int
) -> None:
    tables = latin_squares(n)
    triples = list(itertools.product(range(n), repeat=3))
    by_hand = [all(t[t[a][b]][c] == t[a][t[b][c]] for a, b, c in triples) for t in tables]
    assert [is_group(table) for table in tables] == by_hand
    assert (len(tables), sum(by_hand)) == (squares, groups)


LOOP = ((0, 1, 2, 3, 4), (1, 0, 3, 4, 2), (2, 4, 0, 1, 3), (3, 2, 4, 0, 1), (4, 3, 1, 2, 0))
"""Every element undoes itself, and yet it has five."""


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ((), r"0 rows of lengths \[\] are no square"),
        (((0, 1), (1,)), r"2 rows of lengths \[1, 2\] are no square"),
        (((0, 1), (1, 1)), "row 1 does not hold each of the 2 elements once"),
        (((0, 1), (0, 1)), "column 0 does not hold each of the 2 elements once"),
        (((0, 1), (1, 2)), "row 1 does not hold each of the 2 elements once"),
        (((1, 0), (0, 1)), "element 0 is not the identity"),
        (LOOP, r"\(1 1\) 2 = 2 is not 1 \(1 2\) = 4"),
    ],
    ids=str,
)
def test_a_table_of_no_group_is_refused_with_the_law_it_breaks(table: Table, message: str) -> None:
    with pytest.raises(ValueError, match=f"^wanted the table of a group, but {message}$"):
        FiniteGroup(table)


def test_elements_that_are_no_subgroup_are_refused() -> None:
    swaps = torch.tensor([[0, 1, 2], [1, 0, 2], [0, 2, 1]])
    with pytest.raises(
        ValueError, match=r"^no subgroup of S\(3\): the product of elements 2 and 1"
    ):
        FiniteGroup.of(S(3), swaps)
    with pytest.raises(ValueError, match=r"^element 1 of the subgroup of S\(3\) is listed twice$"):
        FiniteGroup.of(S(3), swaps[[0, 0]])
    with pytest.raises(
        ValueError, match=r"^wanted all elements of a .* S\(3\), the identity first$"
    ):
        FiniteGroup.of(S(3), swaps[1:])


def test_groups_with_equal_tables_are_equal() -> None:
    G, H = (FiniteGroup.of(S(3), S(3).elements()) for _ in range(2))
    assert G == H != FiniteGroup.of(C(6), C(6).elements())
    assert hash(G) == hash(H)
    copy = pickle.loads(pickle.dumps(G))  # noqa: S301 - our own
    assert (copy, hash(copy)) == (G, hash(G))


def test_a_large_table_is_not_written_out() -> None:
    group = FiniteGroup.of(C(100), C(100).elements())
    assert str(group) == repr(group) == "FiniteGroup(100)"
    assert len(repr(FiniteGroup.of(C(100), C(100).elements()))) < 100


def test_one_generator_is_no_involution() -> None:
    swaps_first = S(3).elements()
    G = FiniteGroup.of(S(3), swaps_first)
    assert any(G.multiply(g, g) != 0 for g in G.generators())
