import hashlib
import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from markovsym_diffusion.datasets import (
    SIZE_HISTOGRAM,
    VOCABULARY,
    build_qm9,
    load_qm9,
    qm9,
    split_rows,
)
from markovsym_diffusion.datasets.array_file import read_arrays
from markovsym_diffusion.datasets.qm9 import CHECKSUMS, CUTS, _permutation, cache_path
from markovsym_diffusion.molecules import InputError, Molecules

ATOMS = {
    "train": (923_537, 635_559, 101_476, 140_202, 2_323),
    "valid": (164_102, 113_248, 17_725, 24_774, 381),
    "test": (120_847, 83_118, 13_297, 18_289, 332),
}  # H, C, N, O, F

IN_ROW_ORDER = {
    "train": "bbc098f4c5ad50b888ad8caa2e931298688842f9e618538851e38236ec5d14f7",
    "valid": "f50b547fd80a6ee99def65e66a01c24a3710b5dd79e9e19b92b7b96488ad6f33",
    "test": "26ab98be05ba6411354493645f64fa3e6c008c6ac93afbf01f2d7b266fb005de",
}

GDB_SORTED = {
    "train": "746566956703435decd44ada4025c95b7f373d9c8922d413d2eeab5fde4ef1d3",
    "valid": "5fee055db775029a725fdfa54e3548b3655f72ecc78871a16f273d3ebf3abd0e",
    "test": "8ed8aeefd7150b1ba76c5fadc100fa3fe97818a64d206d5fe191da741107d2f8",
}

SPLITS = ("train", "valid", "test")


def sha256(numbers: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(numbers, dtype="<i4")).hexdigest()


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture(scope="module")
def index(qm9_cache: Path) -> torch.Tensor:
    return read_arrays(qm9_cache, CHECKSUMS)["index"]


def test_the_splits_are_a_partition() -> None:
    rows = torch.cat([split_rows(split) for split in SPLITS])
    assert torch.equal(rows.sort().values, torch.arange(130_831))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_keeps_the_order_of_the_rows(split: str) -> None:
    assert (split_rows(split).diff() > 0).all()


@given(row=st.integers(0, 998))
def test_the_fixture_is_every_131st_molecule(
    some_qm9: Molecules, all_qm9: Molecules, row: int
) -> None:
    ours, theirs = some_qm9.one(row), all_qm9.one(131 * row)
    assert torch.equal(ours[0], theirs[0])
    assert torch.equal(ours[1], theirs[1])


def test_the_permutation_is_the_published_one() -> None:
    rows = _permutation()
    assert rows[:8].tolist() == [130195, 68784, 7957, 25911, 20168, 12658, 53330, 76489]
    assert rows[100_000:100_004].tolist() == [68751, 123554, 28669, 72737]
    assert rows[117_748:117_752].tolist() == [115839, 90242, 66405, 71231]


@pytest.mark.parametrize("split", SPLITS)
def test_the_splits_are_the_published_ones(split: str, index: torch.Tensor) -> None:
    start, end = CUTS[split]
    assert sha256(_permutation()[start:end]) == IN_ROW_ORDER[split]
    assert sha256(index[split_rows(split)].numpy()) == GDB_SORTED[split]


@pytest.mark.parametrize("split", SPLITS)
def test_the_atoms_of_a_split_are_the_published_ones(split: str) -> None:
    numbers, counts = qm9(split).numbers.unique(return_counts=True)
    assert tuple(numbers.tolist()) == VOCABULARY
    assert tuple(counts.tolist()) == ATOMS[split]


def test_the_sizes_of_train_are_the_published_ones() -> None:
    sizes, counts = qm9("train").sizes.unique(return_counts=True)
    assert dict(zip(sizes.tolist(), counts.tolist(), strict=True)) == SIZE_HISTOGRAM
    assert sum(SIZE_HISTOGRAM.values()) == 100_000


def test_qm9_is_complete(all_qm9: Molecules, index: torch.Tensor) -> None:
    assert len(all_qm9) == 130_831
    assert all_qm9.positions.shape == (2_359_210, 3)
    assert all_qm9.positions.isfinite().all()
    assert all_qm9.sizes.aminmax() == (3, 29)
    assert (index.diff() > 0).all()
    missing = sorted(set(range(1, 133_886)) - set(index.tolist()))
    assert len(missing) == 3_054
    assert missing[:5] == [58, 61, 80, 185, 186]
    assert missing[-5:] == [133858, 133860, 133864, 133865, 133866]


def test_heavy_atoms_are_counted(all_qm9: Molecules) -> None:
    owner = torch.repeat_interleave(torch.arange(len(all_qm9)), all_qm9.sizes)
    heavy = owner[all_qm9.numbers > 1].bincount(minlength=len(all_qm9))
    assert heavy.bincount().tolist() == [0, 3, 5, 9, 31, 127, 608, 3_138, 17_879, 109_031]


def test_the_first_molecule_is_methane(all_qm9: Molecules) -> None:
    positions, numbers = all_qm9.one(0)
    assert numbers.tolist() == [6, 1, 1, 1, 1]
    lengths = (positions[1:] - positions[0]).norm(dim=-1)
    torch.testing.assert_close(lengths, torch.full((4,), 1.09195), atol=1e-4, rtol=0)


def test_types_in_memory_are_wide(all_qm9: Molecules) -> None:
    assert all_qm9.positions.dtype == torch.float32
    assert all_qm9.numbers.dtype == all_qm9.offsets.dtype == torch.int64


def test_the_cache_says_where_it_comes_from(qm9_cache: Path) -> None:
    with safe_open(qm9_cache, framework="pt") as file:
        assert file.metadata() == {"source": "qm9pack", "version": "1.0.3", **CHECKSUMS}


@pytest.mark.slow
def test_the_cache_is_built_from_the_tables(tmp_path: Path) -> None:
    said: list[str] = []
    path = build_qm9(tmp_path, said.append)
    assert said == [f"reading qm9_part{n}.csv" for n in (1, 2, 3)]
    read_arrays(path, CHECKSUMS)
    assert list(tmp_path.iterdir()) == [path]


def test_the_cache_lies_where_the_user_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    usual = tmp_path / ".cache" / "markovsym" / "qm9.safetensors"
    assert cache_path() == usual
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_path() == tmp_path / "xdg" / "markovsym" / "qm9.safetensors"
    assert cache_path(tmp_path / "own") == tmp_path / "own" / "qm9.safetensors"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert cache_path() == usual


def test_an_unknown_split_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of train, valid, test; got 'dev'"):
        qm9("dev", tmp_path)


def test_an_absent_package_without_a_cache_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install --no-deps qm9pack==1.0.3"):
        load_qm9(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_with_a_cache_the_package_is_not_needed(
    qm9_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert len(qm9("test", qm9_cache.parent)) == 13_083


@pytest.mark.parametrize("damage", [flip_a_byte, cut_short, empty])
def test_a_damaged_cache_is_named_and_left_alone(
    damage: Callable[[Path], None], qm9_cache: Path, tmp_path: Path
) -> None:
    path = cache_path(tmp_path)
    shutil.copyfile(qm9_cache, path)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        load_qm9(tmp_path)
    message = str(caught.value)
    assert str(path) in message
    assert "markovsym-diffusion data qm9 --rebuild" in message
    assert "\n" not in message
    assert path.read_bytes() == before


def test_a_cache_of_something_else_is_refused(fixture_file: Path, tmp_path: Path) -> None:
    shutil.copyfile(fixture_file, cache_path(tmp_path))
    with pytest.raises(InputError, match=r"damaged cache: .*SHA-256 differs"):
        load_qm9(tmp_path)
    assert cache_path(tmp_path).read_bytes() == fixture_file.read_bytes()
