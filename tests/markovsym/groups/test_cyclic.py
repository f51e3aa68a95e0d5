import pytest
import torch

from markovsym.errors import SpaceError
from markovsym.groups import C, D


def number(g: int) -> torch.Tensor:
    return torch.tensor(g)


def test_products_in_a_cyclic_group_by_hand() -> None:
    assert C(8).multiply(number(5), number(6)) == 3
    assert C(8).inverse(torch.arange(8)).tolist() == [0, 7, 6, 5, 4, 3, 2, 1]
    assert C(1).multiply(number(0), number(0)) == 0


def test_a_large_cyclic_group_needs_no_table() -> None:
    G = C(4096)
    assert G.multiply(number(4095), number(2)) == 1
    assert len(G.elements()) == G.order == 4096


def test_products_in_a_dihedral_group_by_hand() -> None:
    turn, flip = number(1), number(4)
    assert D(4).multiply(turn, flip) == 5  # the flip, then a turn
    assert D(4).multiply(flip, turn) == 7  # the turn, then a flip: the flip, then a turn back
    assert D(4).multiply(number(6), number(5)) == 1
    assert D(4).inverse(torch.arange(8)).tolist() == [0, 3, 2, 1, 4, 5, 6, 7]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 12])
def test_a_flip_turns_the_turns_round(n: int) -> None:
    G, turns = D(n), torch.arange(n)
    flip = torch.tensor(n)
    turned = G.multiply(G.multiply(flip, turns), flip)
    assert torch.equal(turned, G.inverse(turns))


def test_the_smallest_dihedral_groups() -> None:
    assert (D(1).order, D(2).order) == (2, 4)
    assert D(1).multiply(number(1), number(1)) == 0
    squares = D(2).multiply(D(2).elements(), D(2).elements())
    assert not squares.any()
    assert [int(g) for g in D(1).generators()] == [1]


@pytest.mark.parametrize("G", [C(3), C(4096), D(3), D(4)], ids=str)
def test_one_generator_is_no_involution(G: C | D) -> None:
    assert any(G.multiply(g, g) != 0 for g in G.generators())


@pytest.mark.parametrize("G", [C(1), C(6), D(1), D(2), D(6)], ids=str)
def test_the_generators_reach_every_element(G: C | D) -> None:
    found = {0}
    for _ in range(G.order):
        found |= {int(G.multiply(number(g), h)) for g in found for h in G.generators()}
    assert found == set(range(G.order))


@pytest.mark.parametrize("G", [C(6), D(3)], ids=str)
def test_other_numbers_are_told(G: C | D) -> None:
    assert G.contains(torch.tensor([-1, 0, 5, 6])).tolist() == [False, True, True, False]


@pytest.mark.parametrize("G", [C(6), D(3)], ids=str)
def test_elements_are_integers_whatever_the_type(G: C | D, generator: torch.Generator) -> None:
    assert G.haar(2, generator=generator, dtype=torch.float64).dtype == torch.int64
    assert G.identity(2, dtype=torch.float64).dtype == torch.int64


@pytest.mark.parametrize("G", [C(6), D(3)], ids=str)
def test_values_of_another_kind_are_refused(G: C | D) -> None:
    message = r"^wanted int64 of shape \(\*batch\), got torch.int32 of shape \(2,\)$"
    with pytest.raises(SpaceError, match=message):
        G.contains(torch.zeros(2, dtype=torch.int32))


@pytest.mark.parametrize("n", [0, -1])
def test_groups_of_no_elements_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=rf"^C\(n\) needs n >= 1, got n = {n}$"):
        C(n)
    with pytest.raises(ValueError, match=rf"^D\(n\) needs n >= 1, got n = {n}$"):
        D(n)
