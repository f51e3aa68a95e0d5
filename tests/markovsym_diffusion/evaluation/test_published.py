"""Molecules made by hand, in a file of anyone's, against the definitions of the published code."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym_diffusion.commands.evaluate import molecules_of
from markovsym_diffusion.evaluation.bonds import GEOM_RULE, QM9_RULE, BondRule
from markovsym_diffusion.evaluation.scores import score
from markovsym_diffusion.evaluation.stability import stability
from markovsym_diffusion.evaluation.validity import validity
from markovsym_diffusion.molecules import NUMBERS, Molecules

Molecule = tuple[Tensor, Tensor]
Read = Callable[..., Molecules]


@pytest.fixture(name="read")
def _read(tmp_path: Path) -> Read:
    """Writes molecules as another program would, with NumPy alone, and reads the file."""

    def read(*molecules: Molecule) -> Molecules:
        sizes = [len(numbers) for _, numbers in molecules]
        np.savez(
            tmp_path / "samples.npz",
            positions=torch.cat([positions for positions, _ in molecules]).double().numpy(),
            atomic_numbers=torch.cat([numbers for _, numbers in molecules]).byte().numpy(),
            offsets=np.cumsum([0, *sizes]),
        )
        return molecules_of(str(tmp_path / "samples.npz"))

    return read


def line(symbols: str, *places: float) -> Molecule:
    rows = [[x, 0.0, 0.0] for x in places]
    numbers = torch.tensor([NUMBERS[symbol] for symbol in symbols.split()])
    return torch.tensor(rows, dtype=torch.float64), numbers


def around(centre: str, ends: str, *directions: tuple[float, float, float]) -> Molecule:
    """Atoms in the given directions of a central one, each as far as written with it, in pm."""
    words = ends.split()
    symbols, lengths = words[::2], [float(word) / 100 for word in words[1::2]]
    units = torch.nn.functional.normalize(torch.tensor(directions, dtype=torch.float64), dim=-1)
    arms = units * torch.tensor(lengths, dtype=torch.float64).unsqueeze(-1)
    numbers = torch.tensor([NUMBERS[symbol] for symbol in (centre, *symbols)])
    return torch.cat([torch.zeros(1, 3, dtype=torch.float64), arms]), numbers


def thioether() -> Molecule:
    """Dimethyl sulphide, C-S 182 pm and C-H 109 pm."""
    upright = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    rows, symbols = [torch.zeros(3, dtype=torch.float64)], "S C H H H C H H H"
    for side in (1.0, -1.0):
        along = torch.tensor([side, 1.0, 0.0], dtype=torch.float64) / 2**0.5
        beside = along.cross(upright, dim=0)
        rows.append(1.82 * along)
        for turn in torch.arange(3) * 2 * torch.pi / 3:
            away = turn.cos() * beside + turn.sin() * upright
            rows.append(1.82 * along + 1.09 * (along + 8**0.5 * away) / 3)
    return torch.stack(rows), torch.tensor([NUMBERS[symbol] for symbol in symbols.split()])


PLANE = ((1.0, 0.0, 0.0), (-0.5, 0.87, 0.0), (-0.5, -0.87, 0.0))
TETRAHEDRON = ((1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0))
POLES = (*PLANE, (0.0, 0.0, 1.0), (0.0, 0.0, -1.0))
BENT = ((1.0, 1.0, 0.0), (1.0, -1.0, 0.0))

MOLECULES: dict[str, tuple[Molecule, int, str | None, str | None]] = {
    # stable atoms, then the SMILES under the rules of QM9 and of GEOM; RDKit adds hydrogens that
    # have no position, as published
    "methane": (around("C", 4 * "H 109 ", *TETRAHEDRON), 5, *2 * ["[H]C([H])([H])[H]"]),
    "water": (around("O", "H 96 H 96", *BENT), 3, *2 * ["[H]O[H]"]),
    "carbon dioxide": (line("O C O", -1.16, 0, 1.16), 3, "O=C=O", "OCO"),
    "hydrogen cyanide": (line("H C N", -1.07, 0, 1.16), 3, "[H]C#N", "[H]CN"),
    "hydrogen cyanide, too long for three": (line("H C N", -1.07, 0, 1.20), 1, "[H]C=N", "[H]CN"),
    "carbon monoxide, three and no more": (line("C O", 0, 1.13), 0, None, "CO"),
    "two molecules of hydrogen": (line("H H H H", 0, 0.74, 9, 9.74), 4, *2 * ["[H][H]"]),
    "hydrogen, just within reach": (line("H H", 0, 0.8399), 2, *2 * ["[H][H]"]),
    "hydrogen, just out of reach": (line("H H", 0, 0.8401), 0, *2 * ["[HH]"]),
    "carbon with five bonds": (
        around("C", "H 109 H 109 H 109 H 109 H 109", *POLES), 5, None, None,
    ),
    "oxygen with three bonds": (around("O", "H 96 H 96 H 96", *PLANE), 3, None, None),
    "thioformaldehyde": (around("C", "S 160 H 109 H 109", *PLANE), 3, "[H]C([H])=S", "[H]C([H])S"),
    "the same, sulphur first": (
        (around("C", "S 160 H 109 H 109", *PLANE)[0][[1, 0, 2, 3]],
         torch.tensor([16, 6, 1, 1])), 3, "[H]C([H])=S", "[H]C([H])S",
    ),
    "a thioether": (thioether(), 8, *2 * ["[H]C([H])([H])SC([H])([H])[H]"]),
    "hydrogen sulphide": (around("S", "H 134 H 134", *BENT), 2, *2 * ["[H]S[H]"]),
    "phosphine": (around("P", "H 144 H 144 H 144", *PLANE), 4, *2 * ["[H]P([H])[H]"]),
    "a phosphorane": (around("P", 5 * "F 156 ", *POLES), 6, *2 * ["FP(F)(F)(F)F"]),
    "four on phosphorus": (around("P", 4 * "F 156 ", *TETRAHEDRON), 4, *2 * ["F[PH](F)(F)F"]),
    "phosphoryl fluoride": (
        around("P", "O 150 F 156 F 156 F 156", *TETRAHEDRON), 5, "O=P(F)(F)F", "O[PH](F)(F)F",
    ),
    "arsenic and carbon": (line("As C", 0, 1.0), 0, *2 * ["[AsH3]"]),  # a pair without a length
    "mercury and chlorine": (line("Cl Hg Cl", -2.2, 0, 2.2), 0, *2 * ["Cl"]),
}  # fmt: skip

APART = {
    "two molecules of hydrogen",
    "hydrogen, just out of reach",
    "arsenic and carbon",
    "mercury and chlorine",
}


@pytest.mark.parametrize("name", MOLECULES)
def test_a_molecule_made_by_hand_is_judged_as_published(name: str, read: Read) -> None:
    molecule, stable, *smiles = MOLECULES[name]
    molecules = read(molecule)
    assert stability(molecules).stable_atoms == stable
    for rule, wanted in zip((QM9_RULE, GEOM_RULE), smiles, strict=True):
        found = validity(molecules, rule)
        assert found.smiles == (wanted,)
        assert found.valid.tolist() == [wanted is not None]
        assert found.connected.tolist() == [wanted is not None and name not in APART]


@pytest.mark.parametrize(("rule", "place"), [(QM9_RULE, 0), (GEOM_RULE, 1)])
def test_all_of_them_together_are_counted_as_published(
    rule: BondRule, place: int, read: Read
) -> None:
    cases = list(MOLECULES.values())
    scores = score(read(*(molecule for molecule, *_ in cases)), rule)
    n, sizes = len(cases), [len(numbers) for (_, numbers), *_ in cases]
    stable = [case[1] for case in cases]
    smiles = [case[2 + place] for case in cases]
    valid = n - smiles.count(None)
    distinct = len({*smiles} - {None})
    whole = sum(smile is not None for name, smile in zip(MOLECULES, smiles, strict=True)
                if name not in APART)  # fmt: skip
    assert scores.n == n
    assert scores.atom_stability.value == pytest.approx(sum(stable) / sum(sizes))
    assert scores.molecule_stability.value == sum(map(int.__eq__, stable, sizes)) / n
    assert scores.valid.value == valid / n
    assert scores.valid_and_connected.value == whole / n
    assert scores.unique_among_valid.value == distinct / valid
    assert scores.valid_x_unique.value == distinct / n


def test_duplicates_lower_both_uniquenesses_and_nothing_else(read: Read) -> None:
    methane, water = MOLECULES["methane"][0], MOLECULES["water"][0]
    broken = MOLECULES["oxygen with three bonds"][0]
    turned = methane[0] @ torch.tensor([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]).double(), methane[1]
    scores = score(read(methane, water, turned, broken, water, water))
    assert scores.valid.value == scores.valid_and_connected.value == 5 / 6
    assert scores.unique_among_valid.value == 2 / 5
    assert scores.valid_x_unique.value == 2 / 6


def test_a_size_that_no_real_molecule_has_is_scored(read: Read) -> None:
    positions, numbers = MOLECULES["phosphine"][0]
    far = 10 * torch.arange(7, dtype=torch.float64)[:, None, None]
    seven = (positions + far).reshape(28, 3), numbers.repeat(7)
    scores = score(read(seven))
    assert scores.molecule_stability.value == scores.valid.value == 1.0
    assert scores.valid_and_connected.value == 0.0
