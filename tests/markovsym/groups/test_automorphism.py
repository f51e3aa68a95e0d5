import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import NotFiniteError
from markovsym.groups import S
from markovsym.groups.automorphism import Bond, automorphisms


def ring(n: int) -> list[Bond]:
    return [(i, (i + 1) % n) for i in range(n)]


BENZENE = [*ring(6), *((i, i + 6) for i in range(6))]
METHANE = [(0, i) for i in (1, 2, 3, 4)]
ETHANE = [(0, 1), *((0, i) for i in (2, 3, 4)), *((1, i) for i in (5, 6, 7))]
ETHYLENE = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)]
PROPANE = [
    (0, 1),
    (1, 2),
    (1, 3),
    (1, 4),
    *((0, i) for i in (5, 6, 7)),
    *((2, i) for i in (8, 9, 10)),
]
PETERSEN = [
    *ring(5),
    *((i, i + 5) for i in range(5)),
    *((5 + i, 5 + (i + 2) % 5) for i in range(5)),
]
CUBE = [(i, i ^ bit) for i in range(8) for bit in (1, 2, 4) if i < i ^ bit]

ORDERS = {
    "one atom": ([], "C", 1),
    "water": ([(0, 1), (0, 2)], "OHH", 2),
    "hydrogen": ([(0, 1)], "HH", 2),
    "hydrogen cyanide": ([(0, 1), (1, 2)], "HCN", 1),
    "methane": (METHANE, "CHHHH", 24),
    "chloroform": (METHANE, "CHClClCl".replace("Cl", "X"), 6),
    "bromochlorofluoromethane": (METHANE, "CHFXY", 1),
    "ethane": (ETHANE, "CC" + 6 * "H", 72),
    "ethylene": (ETHYLENE, "CCHHHH", 8),
    "propane": (PROPANE, "CCC" + 8 * "H", 144),
    "benzene, carbon only": (ring(6), "CCCCCC", 12),
    "benzene": (BENZENE, 6 * "C" + 6 * "H", 12),
    "toluene, heavy atoms": ([*ring(6), (0, 6)], 7 * "C", 2),
    "pyridine, heavy atoms": (ring(6), "NCCCCC", 2),
    "a cube": (CUBE, 8 * "C", 48),
    "the graph of Petersen": (PETERSEN, 10 * "C", 120),
    "two waters": ([(0, 1), (0, 2), (3, 4), (3, 5)], "OHHOHH", 8),
    "water and methane": ([(0, 1), (0, 2), *((3, i) for i in (4, 5, 6, 7))], "OHHCHHHH", 48),
    "four ions without bonds": ([], "XXYY", 4),
}
every_molecule = pytest.mark.parametrize(
    ("bonds", "labels", "order"), ORDERS.values(), ids=list(ORDERS)
)


@every_molecule
def test_known_orders(bonds: list[Bond], labels: str, order: int) -> None:
    phi = automorphisms(bonds, labels)
    assert (phi.dom.order, phi.cod) == (order, S(len(labels)))


@every_molecule
def test_bonds_and_labels_are_kept(bonds: list[Bond], labels: str, order: int) -> None:
    phi = automorphisms(bonds, labels)
    wanted = {frozenset(bond) for bond in bonds}
    for g in phi(phi.dom.elements()).tolist():
        assert {frozenset(g[i] for i in bond) for bond in bonds} == wanted
        assert [labels[i] for i in g] == list(labels)


def test_the_elements_of_the_group_of_water() -> None:
    phi = automorphisms([(1, 0), (1, 2)], "HOH")
    assert phi(torch.arange(2)).tolist() == [[0, 1, 2], [2, 1, 0]]


def test_bond_orders_can_tell_atoms_apart() -> None:
    kekule = [(i, (i + 1) % 6, 1 + i % 2) for i in range(6)]
    assert automorphisms(kekule, "CCCCCC").dom.order == 6
    assert automorphisms([(0, 1, "single"), (1, 2, "double")], "COC").dom.order == 1


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Bond], str]:
    n = draw(st.integers(1, 5))
    bonds = draw(
        st.lists(
            st.sampled_from(list(itertools.combinations(range(n), 2)) or [(0, 0)]), unique=True
        )
    )
    return [bond for bond in bonds if bond != (0, 0)], draw(st.text("CH", min_size=n, max_size=n))


@given(graph=graphs())
def test_exactly_the_permutations_that_keep_the_graph_are_found(
    graph: tuple[list[Bond], str],
) -> None:
    bonds, labels = graph
    wanted = {frozenset(bond) for bond in bonds}
    by_hand = [
        g
        for g in itertools.permutations(range(len(labels)))
        if all(labels[i] == labels[j] for i, j in enumerate(g))
        and {frozenset(g[i] for i in bond) for bond in bonds} == wanted
    ]
    assert automorphisms(bonds, labels).images == tuple(by_hand)


def test_a_group_that_is_too_large_is_refused() -> None:
    assert math.factorial(6) < 2000 < math.factorial(7)
    message = r"^the graph of 7 vertices has more than 2000 automorphisms; leave some vertices out"
    with pytest.raises(NotFiniteError, match=message):
        automorphisms([], "CCCCCCC")
    with pytest.raises(NotFiniteError, match="more than 23 automorphisms"):
        automorphisms(METHANE, "CHHHH", limit=23)
    assert automorphisms(METHANE, "CHHHH", limit=24).dom.order == 24


@pytest.mark.parametrize("bond", [(0, 0), (0, 2), (-1, 0)], ids=str)
def test_bonds_to_nowhere_are_refused(bond: Bond) -> None:
    message = r"^wanted bonds between two different vertices of 2, counted from 0, got \("
    with pytest.raises(ValueError, match=message):
        automorphisms([bond], "HH")


def test_a_bond_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^wanted each bond once, got \(1, 0\) again$"):
        automorphisms([(0, 1), (1, 0)], "HH")
