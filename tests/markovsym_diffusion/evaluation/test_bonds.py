import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.evaluation import bonds
from markovsym_diffusion.evaluation.bonds import (
    DOUBLE,
    MARGINS,
    SINGLE,
    TRIPLE,
    BondRule,
    bond_orders,
    find_bonds,
)
from markovsym_diffusion.molecules import NUMBERS, InputError, Molecules, gather

Molecule = tuple[Tensor, Tensor]

ELEMENTS = torch.tensor([1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83])

seeds = st.integers(0, 2**32 - 1)


def cloud(seed: int, *sizes: int) -> Molecules:
    """Atoms so dense that bonds of all orders occur."""
    generator = torch.Generator().manual_seed(seed)
    return gather(
        (
            size ** (1 / 3)
            * torch.rand((size, 3), generator=generator, dtype=torch.float64)
            * torch.tensor([1.2, 1.2, 1.2], dtype=torch.float64),
            ELEMENTS[torch.randint(16, (size,), generator=generator)],
        )
        for size in sizes
    )


def rotation(generator: torch.Generator) -> Tensor:
    noise = torch.randn((3, 3), generator=generator, dtype=torch.float64)
    return torch.linalg.qr(noise).Q


def orders_of(positions: Tensor, numbers: Tensor) -> Tensor:
    mask = torch.ones(1, len(numbers), dtype=torch.bool)
    return bond_orders(positions.unsqueeze(0), numbers.unsqueeze(0), mask)[0]


def order(a: str, b: str, apart: float, dtype: torch.dtype = torch.float64) -> int:
    positions = torch.tensor([[0.0, 0.0, 0.0], [apart, 0.0, 0.0]], dtype=dtype)
    return int(orders_of(positions, torch.tensor([NUMBERS[a], NUMBERS[b]]))[0, 1])


def slow_order(a: int, b: int, apart: float) -> int:
    """The rule as one would write it for a single pair of atoms."""
    found = 0
    for table, margin in zip((SINGLE, DOUBLE, TRIPLE), MARGINS, strict=True):
        lengths: dict[frozenset[int], int] = {}
        for symbol, text in table.items():
            words = text.split()
            for other, length in zip(words[::2], words[1::2], strict=True):
                lengths[frozenset([NUMBERS[symbol], NUMBERS[other]])] = int(length)
        pair = frozenset([a, b])
        if pair not in lengths or not 100 * apart < lengths[pair] + margin:
            break
        found += 1
    return found


@given(seed=seeds, size=st.integers(1, 12))
def test_orders_are_symmetric_and_no_atom_bonds_to_itself(seed: int, size: int) -> None:
    orders = orders_of(*cloud(seed, size).one(0))
    assert torch.equal(orders, orders.mT)
    assert not orders.diagonal().any()


@given(seed=seeds, size=st.integers(1, 12))
def test_a_rigid_motion_changes_no_order(seed: int, size: int) -> None:
    positions, numbers = cloud(seed, size).one(0)
    generator = torch.Generator().manual_seed(seed)
    shift = torch.randn(3, generator=generator, dtype=torch.float64)
    moved = positions @ rotation(generator).mT + shift
    assert torch.equal(orders_of(moved, numbers), orders_of(positions, numbers))


@given(seed=seeds, size=st.integers(1, 12))
def test_a_permutation_of_atoms_permutes_the_orders(seed: int, size: int) -> None:
    positions, numbers = cloud(seed, size).one(0)
    g = torch.randperm(size, generator=torch.Generator().manual_seed(seed))
    permuted = orders_of(positions, numbers)[g][:, g]
    assert torch.equal(orders_of(positions[g], numbers[g]), permuted)


@given(seed=seeds, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_padding_changes_no_order(seed: int, sizes: list[int]) -> None:
    molecules = cloud(seed, *sizes)
    batch = molecules.padded()
    numbers = batch.numbers + 6 * ~batch.mask
    orders = bond_orders(batch.positions, numbers, batch.mask)
    for m, size in enumerate(sizes):
        assert torch.equal(orders[m, :size, :size], orders_of(*molecules.one(m)))
        assert not orders[m, size:].any()


@given(seed=seeds, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_the_bonds_found_are_those_of_the_slow_rule(seed: int, sizes: list[int]) -> None:
    molecules = cloud(seed, *sizes)
    wanted: list[tuple[int, int, int]] = []
    for m, size in enumerate(sizes):
        positions, numbers = molecules.one(m)
        apart = (positions.unsqueeze(1) - positions).norm(dim=-1).tolist()
        start, z = int(molecules.offsets[m]), numbers.tolist()
        for i, j in itertools.combinations(range(size), 2):
            wanted += [
                (start + i, start + j, k) for k in [slow_order(z[i], z[j], apart[i][j])] if k
            ]
    found = find_bonds(molecules)
    columns = found.first.tolist(), found.second.tolist(), found.orders.tolist()
    assert list(zip(*columns, strict=True)) == wanted


@given(seed=seeds, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_each_molecule_owns_the_bonds_between_its_offsets(seed: int, sizes: list[int]) -> None:
    molecules = cloud(seed, *sizes)
    found = find_bonds(molecules)
    owners = torch.searchsorted(molecules.offsets, found.first, right=True) - 1
    counts = torch.bincount(owners, minlength=len(sizes))
    assert found.offsets.tolist() == [0, *counts.cumsum(0).tolist()]


def test_the_size_of_chunks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    molecules = cloud(7, 5, 3, 5, 5, 3, 1)
    whole = find_bonds(molecules)
    monkeypatch.setattr(bonds, "PAIRS", 50)
    parts = find_bonds(molecules)
    assert torch.equal(whole.first, parts.first)
    assert torch.equal(whole.orders, parts.orders)
    assert torch.equal(whole.offsets, parts.offsets)


def test_a_bond_is_triple_only_if_it_passes_as_a_double_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert order("C", "C", 1.20) == 3
    monkeypatch.setattr(bonds, "_LONGEST_DOUBLE", torch.zeros_like(bonds._LONGEST_DOUBLE))
    assert order("C", "C", 1.20) == 1


def test_no_molecules_have_no_bonds() -> None:
    none = cloud(0, 3).take(torch.zeros(0, dtype=torch.int64))
    assert find_bonds(none).offsets.tolist() == [0]


@pytest.mark.parametrize(("table", "pairs"), [(SINGLE, 64), (DOUBLE, 9), (TRIPLE, 4)])
def test_the_tables_have_as_many_pairs_as_published(table: dict[str, str], pairs: int) -> None:
    assert sum(len(text.split()) // 2 for text in table.values()) == pairs


@pytest.mark.parametrize(
    ("a", "b", "apart", "at", "below"),
    [
        ("N", "O", 1.50, 0, 1),
        ("Br", "Si", 2.25, 0, 1),
        ("H", "H", 0.84, 0, 1),
        ("C", "O", 1.25, 1, 2),
        ("C", "C", 1.39, 1, 2),
        ("C", "C", 1.23, 2, 3),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_bond_is_strictly_shorter_than_its_limit(
    a: str, b: str, apart: float, at: int, below: int, dtype: torch.dtype
) -> None:
    limit = torch.tensor(apart, dtype=dtype)
    assert float(100 * limit) == round(100 * apart)  # else this would not be the limit
    assert order(a, b, apart, dtype) == order(b, a, apart, dtype) == at
    assert order(a, b, apart - 1e-5, dtype) == order(b, a, apart - 1e-5, dtype) == below


@pytest.mark.parametrize(
    ("a", "b", "apart", "wanted"),
    [
        ("C", "C", 1.54, 1),
        ("C", "C", 1.34, 2),
        ("C", "C", 1.20, 3),
        ("N", "N", 1.10, 3),
        ("O", "O", 1.00, 2),
        ("H", "C", 1.09, 1),
        ("F", "F", 0.50, 1),
        ("S", "C", 1.60, 2),
        ("C", "S", 1.60, 2),
        ("P", "S", 1.86, 2),
        ("O", "P", 1.50, 2),
        ("As", "H", 1.52, 1),
        ("As", "C", 1.00, 0),
        ("B", "C", 1.00, 0),
        ("Al", "H", 0.10, 0),
        ("Na", "Cl", 0.10, 0),
    ],
)
def test_orders_known_by_hand(a: str, b: str, apart: float, wanted: int) -> None:
    assert order(a, b, apart) == order(b, a, apart) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("methane", [1, 1, 1, 1]),
        ("water", [1, 1]),
        ("carbon dioxide", [2, 2]),
        ("nitrogen", [3]),
        ("hydrogen cyanide", [1, 3]),
        ("ethene", [2, 1, 1, 1, 1]),
        ("two methanes", [1, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
def test_bonds_known_by_hand(known: dict[str, Molecule], name: str, wanted: list[int]) -> None:
    assert find_bonds(gather([known[name]])).orders.tolist() == wanted


def test_a_rule_takes_no_fourth_order() -> None:
    with pytest.raises(InputError, match=r"^the highest bond order must be 1, 2 or 3, got 4$"):
        BondRule(highest=4)


def test_what_has_no_bond_orders_is_refused() -> None:
    fine = cloud(0, 2, 3)
    infinite = fine.positions.clone()
    infinite[3, 1] = torch.nan
    foreign = fine.numbers.clone()
    foreign[4] = 84
    empty = torch.tensor([0, 2, 2, 5])
    with pytest.raises(InputError, match=r"^molecule 1 has a coordinate that is not finite$"):
        find_bonds(Molecules(infinite, fine.numbers, fine.offsets))
    with pytest.raises(InputError, match=r"^molecule 1 has an element that is not known$"):
        find_bonds(Molecules(fine.positions, foreign, fine.offsets))
    with pytest.raises(InputError, match=r"^molecule 1 has no atoms$"):
        find_bonds(Molecules(fine.positions, fine.numbers, empty))
