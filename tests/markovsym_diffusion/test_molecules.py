import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.molecules import SYMBOLS, InputError, Molecules, gather, join


def made(sizes: list[int], seed: int) -> Molecules:
    generator = torch.Generator().manual_seed(seed)
    return gather(
        (torch.randn(n, 3, generator=generator), torch.randint(1, 10, (n,), generator=generator))
        for n in sizes
    )


SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@given(sizes=SIZES, seed=st.integers(0, 1000))
def test_padding_keeps_every_atom_and_centres_every_molecule(sizes: list[int], seed: int) -> None:
    molecules = made(sizes, seed)
    padded = molecules.padded()
    assert padded.mask.sum(1).tolist() == sizes
    assert torch.equal(padded.numbers[padded.mask], molecules.numbers)
    assert padded.positions.sum(1).abs().max() < 1e-5
    assert padded.positions[~padded.mask].abs().sum() == 0
    for m in range(len(sizes)):
        positions, _ = molecules.one(m)
        wanted = positions - positions.mean(0)
        torch.testing.assert_close(padded.positions[m, : sizes[m]], wanted, atol=1e-5, rtol=1e-5)


@given(sizes=SIZES, seed=st.integers(0, 1000), data=st.data())
def test_taking_keeps_order_and_content(sizes: list[int], seed: int, data: st.DataObject) -> None:
    molecules = made(sizes, seed)
    index = data.draw(st.lists(st.integers(0, len(sizes) - 1), min_size=1, max_size=8))
    taken = molecules.take(torch.tensor(index))
    for place, m in enumerate(index):
        for got, wanted in zip(taken.one(place), molecules.one(m), strict=True):
            assert torch.equal(got, wanted)


@given(sizes=SIZES, seed=st.integers(0, 1000))
def test_joining_undoes_padding(sizes: list[int], seed: int) -> None:
    molecules = made(sizes, seed)
    again = join([molecules.padded(), molecules.padded()])
    assert again.sizes.tolist() == sizes * 2
    assert torch.equal(again.numbers, torch.cat([molecules.numbers] * 2))


def test_the_symbols_stand_at_their_numbers() -> None:
    wanted = {"H": 1, "C": 6, "N": 7, "O": 8, "F": 9, "Br": 35, "I": 53, "Hg": 80, "Bi": 83}
    assert {symbol: SYMBOLS.index(symbol) for symbol in wanted} == wanted


def test_what_is_wrong_with_a_molecule_is_said(methane: tuple[Tensor, Tensor]) -> None:
    positions, numbers = methane
    lost = positions.clone()
    lost[2, 1] = torch.nan
    twice = positions.clone()
    twice[1] = twice[2] + 1e-5
    faults = {
        "molecule 1 has a coordinate that is not finite": (lost, numbers),
        "molecule 1 has an element that is not known": (positions, numbers * 30),
        "molecule 1 has two atoms closer than 0.001 ångström": (twice, numbers),
        "molecule 1 has no atoms": (positions[:0], numbers[:0]),
    }
    for message, molecule in faults.items():
        with pytest.raises(InputError, match=message):
            gather([methane, molecule]).checked()


def test_sound_molecules_and_single_atoms_pass(methane: tuple[Tensor, Tensor]) -> None:
    single = (torch.zeros(1, 3), torch.tensor([2]))
    assert len(gather([methane, single]).checked()) == 2
