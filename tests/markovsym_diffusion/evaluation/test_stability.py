import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.evaluation.bonds import find_bonds
from markovsym_diffusion.evaluation.stability import VALENCIES, stability
from markovsym_diffusion.molecules import NUMBERS, SYMBOLS, InputError, Molecules, gather

Molecule = tuple[Tensor, Tensor]

seeds = st.integers(0, 2**32 - 1)
names = st.sampled_from(["methane", "water", "nitrogen", "ethene", "methyl", "CH5", "two methanes"])


@given(seed=seeds, name=names)
def test_a_rigid_motion_and_a_permutation_change_nothing(
    known: dict[str, Molecule], seed: int, name: str
) -> None:
    positions, numbers = known[name]
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn((3, 3), generator=generator, dtype=torch.float64)
    shift = torch.randn(3, generator=generator, dtype=torch.float64)
    order = torch.randperm(len(numbers), generator=generator)
    moved = positions[order] @ torch.linalg.qr(noise).Q + shift
    found = stability(gather([(positions, numbers), (moved, numbers[order])]))
    assert found.stable[0] == found.stable[1]


@given(chosen=st.lists(names, min_size=1, max_size=6))
def test_molecules_are_judged_one_by_one(known: dict[str, Molecule], chosen: list[str]) -> None:
    together = stability(gather([known[name] for name in chosen]))
    alone = [stability(gather([known[name]])) for name in chosen]
    assert together.stable.tolist() == [one.stable_atoms for one in alone]
    assert together.flags.tolist() == [bool(one.flags) for one in alone]
    assert together.stable_molecules == sum(one.stable_molecules for one in alone)
    assert together.atoms == sum(one.atoms for one in alone)


@given(seed=seeds, size=st.integers(1, 14))
def test_an_atom_is_stable_if_its_orders_add_up_to_a_valency(seed: int, size: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    positions = 1.3 * size ** (1 / 3) * torch.rand((size, 3), generator=generator)
    choice = torch.randint(len(VALENCIES), (size,), generator=generator).tolist()
    symbols = [list(VALENCIES)[k] for k in choice]
    molecules = gather([(positions, torch.tensor([NUMBERS[symbol] for symbol in symbols]))])
    bonds = find_bonds(molecules)
    sums = [
        int(bonds.orders[(bonds.first == atom) | (bonds.second == atom)].sum())
        for atom in range(size)
    ]
    wanted = sum(total in VALENCIES[s] for total, s in zip(sums, symbols, strict=True))
    assert stability(molecules).stable_atoms == wanted


@pytest.mark.parametrize(
    ("name", "stable"),
    [
        ("methane", 5),
        ("water", 3),
        ("carbon dioxide", 3),
        ("nitrogen", 2),
        ("hydrogen cyanide", 3),
        ("ethene", 6),
        ("two methanes", 10),
        ("methyl", 3),
        ("CH5", 5),
    ],
)
def test_stable_atoms_known_by_hand(known: dict[str, Molecule], name: str, stable: int) -> None:
    assert stability(gather([known[name]])).stable_atoms == stable


@pytest.mark.parametrize(
    ("symbols", "spread", "stable"),
    [
        ("P H H H", 1.44, 4),  # phosphine: phosphorus may have 3
        ("B H H H", 1.19, 4),
        ("As H H H", 1.52, 4),
        ("N H H H", 1.01, 4),
        ("O H H H", 0.96, 3),  # no charges: oxonium is not stable
        ("S H H", 1.34, 2),  # sulphur has 4 alone, as published
        ("S H H H H", 1.34, 5),
        ("P H H H H H", 1.44, 6),
        ("P H H H H", 1.44, 4),
        ("C H H H H H H H H", 1.09, 8),
        ("Hg H", 1.60, 0),  # mercury bonds with nothing
    ],
)
def test_valencies_known_by_hand(symbols: str, spread: float, stable: int) -> None:
    numbers = torch.tensor([NUMBERS[symbol] for symbol in symbols.split()])
    k = torch.arange(len(numbers) - 1, dtype=torch.float64)
    height = 1 - (2 * k + 1) / len(k)
    turn = torch.pi * (1 + 5**0.5) * k
    radius = (1 - height**2).sqrt()
    sphere = torch.stack([radius * turn.cos(), radius * turn.sin(), height], -1)
    positions = torch.cat([torch.zeros(1, 3, dtype=torch.float64), spread * sphere])
    assert stability(gather([(positions, numbers)])).stable_atoms == stable


def test_the_counts_are_of_atoms_and_of_molecules(known: dict[str, Molecule]) -> None:
    found = stability(gather([known["methane"], known["methyl"], known["water"]]))
    assert (found.stable_atoms, found.atoms) == (11, 12)
    assert (found.stable_molecules, found.molecules) == (2, 3)
    assert found.flags.tolist() == [True, False, True]


def test_an_element_without_valencies_is_refused_by_name() -> None:
    numbers = torch.tensor([SYMBOLS.index("Na"), 6, SYMBOLS.index("He")])
    molecules = Molecules(
        torch.randn(3, 3, generator=torch.Generator()), numbers, torch.tensor([0, 3])
    )
    with pytest.raises(InputError, match=r"^stability wants elements among H, B, .*, got He, Na$"):
        stability(molecules)
