import hashlib
import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.datasets.array_file import (
    as_molecules,
    check_arrays,
    checksum,
    read_arrays,
)
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.storage import write_tensors

WATER = {
    "positions": torch.tensor([[0.0, 0.0, 0.1], [0.0, 0.8, -0.5], [0.0, -0.8, -0.5]]),
    "atomic_numbers": torch.tensor([8, 1, 1], dtype=torch.uint8),
    "offsets": torch.tensor([0, 3], dtype=torch.int32),
}


def checksums(arrays: dict[str, Tensor]) -> dict[str, str]:
    return {name: checksum(array) for name, array in arrays.items()}


def water_file(folder: Path) -> Path:
    path = folder / "water.safetensors"
    write_tensors(path, WATER, {"source": "by hand"})
    return path


@given(rows=st.integers(1, 50), seed=st.integers(0, 2**32 - 1))
def test_what_is_written_is_read_back(rows: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randint(256, (rows,), generator=generator, dtype=torch.uint8)
    arrays = {"positions": torch.randn(rows, 3, generator=generator), "numbers": numbers}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new" / "arrays.safetensors"
        write_tensors(path, arrays, {})
        back = read_arrays(path, checksums(arrays))
    assert back.keys() == arrays.keys()
    assert all(torch.equal(back[name], arrays[name]) for name in arrays)


@given(keep=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_is_refused_and_left_alone(keep: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = water_file(Path(folder))
        rest = path.read_bytes()[: int(keep * path.stat().st_size)]
        path.write_bytes(rest)
        with pytest.raises(InputError, match=r"water.safetensors is cut short"):
            read_arrays(path, checksums(WATER))
        assert path.read_bytes() == rest


@given(place=st.integers(0, 3 * 3 * 4 + 3 + 2 * 4 - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused(place: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = water_file(Path(folder))
        content = bytearray(path.read_bytes())
        content[-1 - place] ^= 1 << bit
        path.write_bytes(content)
        with pytest.raises(InputError, match="SHA-256 differs"):
            read_arrays(path, checksums(WATER))


def test_the_checksum_is_that_of_the_bytes_in_order() -> None:
    abc = torch.tensor([97, 98, 99], dtype=torch.uint8)
    assert checksum(abc) == hashlib.sha256(b"abc").hexdigest()
    square = torch.tensor([[97, 98], [99, 100]], dtype=torch.uint8)
    assert checksum(square.mT) == checksum(torch.tensor([97, 99, 98, 100], dtype=torch.uint8))


def test_molecules_have_wide_integers(tmp_path: Path) -> None:
    water = as_molecules(read_arrays(water_file(tmp_path), checksums(WATER)))
    assert water.numbers.dtype == water.offsets.dtype == torch.int64
    assert water.numbers.tolist() == [8, 1, 1]
    assert len(water) == 1


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader")
    with pytest.raises(InputError, match=r"letter.txt is cut short or no safetensors file"):
        read_arrays(path, {})


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*: there is no such file"):
        read_arrays(tmp_path / "none", {})


def test_other_names_are_refused() -> None:
    with pytest.raises(InputError, match=r"here holds \['offsets'.*, wanted \['bonds'\]"):
        check_arrays({"offsets": WATER["offsets"]}, {"bonds": ""}, "here")
