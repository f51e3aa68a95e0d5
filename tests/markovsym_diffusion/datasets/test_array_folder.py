import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets.array_folder import appending, read_folder
from markovsym_diffusion.molecules import InputError, Molecules, starts

sizes_of_parts = st.lists(
    st.lists(st.integers(1, 9), min_size=1, max_size=5), min_size=1, max_size=5
)


def some(sizes: list[int], seed: int) -> Molecules:
    generator = torch.Generator().manual_seed(seed)
    atoms = sum(sizes)
    return Molecules(
        torch.randn((atoms, 3), generator=generator),
        torch.randint(1, 84, (atoms,), generator=generator),
        starts(torch.tensor(sizes)),
    )


def write(folder: Path, *parts: Molecules) -> Path:
    with appending(folder) as append:
        for part in parts:
            append(part)
    return folder


@given(sizes=sizes_of_parts, seed=st.integers(0, 2**32 - 1))
def test_what_is_appended_in_parts_is_read_as_a_whole(sizes: list[list[int]], seed: int) -> None:
    parts = [some(part, seed) for part in sizes]
    with tempfile.TemporaryDirectory() as folder:
        read = read_folder(write(Path(folder), *parts))
        assert torch.equal(read.positions, torch.cat([part.positions for part in parts]))
        assert torch.equal(read.numbers.long(), torch.cat([part.numbers for part in parts]))
        assert read.sizes.tolist() == [size for part in sizes for size in part]


def test_the_arrays_are_those_of_numpy(tmp_path: Path) -> None:
    molecules = some([2, 3], 0)
    write(tmp_path, molecules)
    arrays = {path.stem: np.load(path) for path in tmp_path.iterdir()}
    assert {name: array.dtype.str for name, array in arrays.items()} == {
        "positions": "<f4",
        "numbers": "|i1",
        "offsets": "<i8",
    }
    np.testing.assert_array_equal(arrays["positions"], molecules.positions.numpy())
    np.testing.assert_array_equal(arrays["offsets"], [0, 2, 5])


def test_atoms_are_read_only_when_they_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, *[some([5000, 5000], seed) for seed in range(10)])
    tracemalloc.start()
    molecules = read_folder(tmp_path)
    molecules.padded(torch.tensor([3, 8]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "positions.npy").stat().st_size == 1_200_128
    assert peak < 100_000


def test_what_is_changed_in_memory_stays_there(tmp_path: Path) -> None:
    molecules = some([2, 3], 0)
    write(tmp_path, molecules)
    read_folder(tmp_path).positions.zero_()
    assert torch.equal(read_folder(tmp_path).positions, molecules.positions)


def cut_short(folder: Path) -> None:
    path = folder / "positions.npy"
    path.write_bytes(path.read_bytes()[:-1])


def empty(folder: Path) -> None:
    (folder / "numbers.npy").write_bytes(b"")


def absent(folder: Path) -> None:
    (folder / "offsets.npy").unlink()


def pickled(folder: Path) -> None:
    np.save(folder / "numbers.npy", np.array([None] * 5), allow_pickle=True)


@pytest.mark.parametrize("damage", [cut_short, empty, absent, pickled])
def test_a_damaged_array_is_refused(damage: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path, some([2, 3], 0))
    damage(tmp_path)
    with pytest.raises(InputError, match="an array is absent or damaged") as caught:
        read_folder(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("positions", np.zeros((4, 3), "<f4"), r"wanted <f4 of shape \(5, 3\), got .* \(4, 3\)"),
        ("positions", np.zeros((5, 2), "<f4"), r"got <f4 of shape \(5, 2\)"),
        ("positions", np.zeros((5, 3), "<f8"), r"got <f8 of shape \(5, 3\)"),
        ("numbers", np.ones(5, "<i8"), r"wanted \|i1 of shape \(5,\), got <i8"),
        ("numbers", np.ones((5, 1), "|i1"), r"got \|i1 of shape \(5, 1\)"),
        ("offsets", np.array([0.0, 2, 5]), r"wanted <i8 of shape \(3,\), got <f8"),
        ("offsets", np.array([0, 2, 4]), "rise from 0 to 5"),
        ("offsets", np.array([1, 2, 5]), "rise from 0 to 5"),
        ("offsets", np.array([0, 2, 2, 5]), "rise from 0 to 5"),
        ("offsets", np.array([0, 4, 2, 5]), "rise from 0 to 5"),
        ("offsets", np.array([5]), "rise from 0 to 5"),
        ("offsets", np.array([], "<i8"), "rise from 0 to 5"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    name: str, array: np.ndarray, message: str, tmp_path: Path
) -> None:
    write(tmp_path, some([2, 3], 0))
    np.save(tmp_path / f"{name}.npy", array)
    with pytest.raises(InputError, match=f"{name} are damaged: .*{message}"):
        read_folder(tmp_path)
