import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from markovsym_diffusion.datasets import DataSet
from markovsym_diffusion.datasets import geom as geom_module
from markovsym_diffusion.datasets.geom import FEATURES, load_geom
from markovsym_diffusion.datasets.geom_build import build_geom
from markovsym_diffusion.datasets.splits import split_groups
from markovsym_diffusion.molecules import InputError, Molecules, join
from tests.markovsym_diffusion.datasets.downloads import (
    Record,
    conformers,
    drugs,
    some_records,
    write_pickles,
    write_stream,
)

COUNTS = torch.tensor([1, 2, 3, 4, 1, 2, 3, 4, 1, 2])
"""How many conformers each of ten molecules has."""


@pytest.fixture(name="there")
def _there() -> dict[str, Record]:
    return some_records(10)


@pytest.fixture(name="stream")
def _stream(tmp_path: Path, there: dict[str, Record]) -> Path:
    return write_stream(tmp_path / "drugs_crude.msgpack", there)


def published_order(there: dict[str, Record]) -> list[np.ndarray]:
    """All conformers, molecule for molecule, those of lowest energy first."""
    sets = [sorted(r["conformers"], key=lambda one: one["totalenergy"]) for r in there.values()]
    return [np.array(one["xyz"]) for each in sets for one in each]


def same(molecules: Molecules, rows: list[np.ndarray]) -> bool:
    """Whether the molecules are those, in that order."""
    positions = torch.from_numpy(np.concatenate(rows)[:, 1:]).float()
    numbers = torch.from_numpy(np.concatenate(rows)[:, 0]).long()
    return (
        molecules.sizes.tolist() == [len(each) for each in rows]
        and torch.equal(molecules.numbers.long(), numbers)
        and torch.allclose(molecules.positions, positions, atol=1e-6)
    )


def facts(cache: Path) -> dict[str, object]:
    return json.loads((cache / "geom" / "facts.json").read_text())


def check_by_molecule(data: DataSet, there: dict[str, Record], seed: int) -> None:
    order = published_order(there)
    splits = split_groups(COUNTS, generator=torch.Generator().manual_seed(seed))
    for split, rows in splits.items():
        assert same(data.split(split), [order[row] for row in rows.tolist()])


@pytest.mark.parametrize("seed", [0, 5])
def test_without_a_permutation_no_molecule_is_in_two_splits(
    seed: int, stream: Path, there: dict[str, Record], tmp_path: Path
) -> None:
    assert build_geom(stream, seed=seed, cache=tmp_path) == tmp_path / "geom"
    check_by_molecule(load_geom(tmp_path), there, seed)
    assert facts(tmp_path)["split"] == f"by molecule, seed {seed}"
    assert facts(tmp_path)["molecules"] == 10
    assert facts(tmp_path)["skipped"] == {}


def test_a_folder_of_pickles_gives_the_same_as_a_stream(
    there: dict[str, Record], tmp_path: Path
) -> None:
    build_geom(write_pickles(tmp_path / "rdkit_folder", there), cache=tmp_path)
    check_by_molecule(load_geom(tmp_path), there, 0)
    assert facts(tmp_path)["source"] == "rdkit_folder"


def test_with_its_permutation_the_split_is_the_published_one(
    stream: Path, there: dict[str, Record], tmp_path: Path
) -> None:
    permutation = np.random.default_rng(0).permutation(23).astype(np.int32)
    np.save(tmp_path / "p.npy", permutation)
    build_geom(stream, permutation=tmp_path / "p.npy", cache=tmp_path)
    data = load_geom(tmp_path)
    order = published_order(there)
    ends = {"valid": (0, 2), "test": (2, 4), "train": (4, 23)}
    for split, (start, end) in ends.items():
        rows = sorted(permutation[start:end].tolist())
        assert same(data.split(split), [order[row] for row in rows])
    assert facts(tmp_path)["split"] == "published, by conformer"


def test_sizes_are_those_of_all_splits_and_charges_are_no_features(
    stream: Path, there: dict[str, Record], tmp_path: Path
) -> None:
    build_geom(stream, cache=tmp_path)
    data = load_geom(tmp_path)
    sizes, counts = np.unique([len(rows) for rows in published_order(there)], return_counts=True)
    assert data.sizes.counts == dict(zip(sizes.tolist(), counts.tolist(), strict=True))
    assert (data.name, data.features, len(data)) == ("geom", FEATURES, 23)


def test_a_batch_is_like_any_other(stream: Path, tmp_path: Path) -> None:
    build_geom(stream, cache=tmp_path)
    train = load_geom(tmp_path).split("train")
    batch = train.padded(torch.tensor([3, 0]))
    assert batch.numbers.dtype == torch.int64
    torch.testing.assert_close(batch.positions.sum(1), torch.zeros(2, 3), atol=1e-4, rtol=0)
    assert FEATURES.encode(batch.numbers, batch.mask).shape == (*batch.mask.shape, 16)
    assert join([batch]).sizes.tolist() == train.sizes[[3, 0]].tolist()


def test_what_is_left_out_is_counted(there: dict[str, Record], tmp_path: Path) -> None:
    drug = drugs(1)[0]
    many = {"conformers": conformers(drug, [float(n) for n in range(40)])}
    selenium = {"conformers": [{"totalenergy": 0, "xyz": [[34, 0.0, 0.0, 0.0]]}]}
    nothing = {"conformers": [{"xyz": [[1, 0.0, 0.0, 0.0]]}]}
    odd = {**there, "many": many, "selenium": selenium, "nothing": nothing}
    build_geom(write_stream(tmp_path / "d", odd), cache=tmp_path)
    assert len(load_geom(tmp_path)) == 23 + 30
    assert facts(tmp_path)["molecules"] == 11
    assert facts(tmp_path)["skipped"] == {
        "conformers without an energy": 1,
        "molecules with another element": 1,
        "molecules without a conformer": 1,
    }


def test_it_is_told_how_reading_stands(stream: Path, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    build_geom(stream, cache=tmp_path, tell=lambda *each: told.append(each))
    assert len(told) == 10
    assert told[-1] == (1.0, "10 molecules")


def trace(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_interrupted_build_leaves_the_older_cache(stream: Path, tmp_path: Path) -> None:
    def interrupt(share: float, word: str) -> None:
        if share > 0.7:
            raise KeyboardInterrupt

    build_geom(stream, cache=tmp_path)
    before = trace(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        build_geom(stream, seed=1, cache=tmp_path, tell=interrupt)
    assert trace(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drugs_crude.msgpack", "geom"]


def test_a_cache_holds_four_files(stream: Path, tmp_path: Path) -> None:
    build_geom(stream, cache=tmp_path)
    build_geom(stream, cache=tmp_path, seed=3)
    names = sorted(path.name for path in (tmp_path / "geom").iterdir())
    assert names == ["facts.json", "numbers.npy", "offsets.npy", "positions.npy"]
    assert facts(tmp_path)["split"] == "by molecule, seed 3"


def save(array: np.ndarray) -> Callable[[Path], None]:
    return lambda path: np.save(path, array)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (save(np.arange(22)), "orders 22 conformers, but 23 were read: leave it out"),
        (save(np.array([*range(22), 0])), r"p.npy is no permutation"),
        (save(np.arange(1, 24)), r"p.npy is no permutation"),
        (save(np.array([None])), r"p.npy cannot be read as an array"),
        (lambda path: path.write_bytes(b""), r"p.npy cannot be read as an array"),
        (lambda path: None, r"p.npy cannot be read as an array"),
    ],
)
def test_a_permutation_that_does_not_fit_is_refused(
    write: Callable[[Path], None], message: str, stream: Path, tmp_path: Path
) -> None:
    write(tmp_path / "p.npy")
    before = trace(tmp_path)
    with pytest.raises(InputError, match=message):
        build_geom(stream, permutation=tmp_path / "p.npy", cache=tmp_path)
    assert trace(tmp_path) == before


def test_a_permutation_of_a_folder_is_refused(there: dict[str, Record], tmp_path: Path) -> None:
    folder = write_pickles(tmp_path / "f", there)
    np.save(tmp_path / "p.npy", np.arange(23))
    with pytest.raises(InputError, match=r"orders the conformers of drugs_crude.msgpack, not"):
        build_geom(folder, permutation=tmp_path / "p.npy", cache=tmp_path)


def test_a_download_of_nothing_is_refused(tmp_path: Path) -> None:
    stream = write_stream(tmp_path / "d", {"C": {"conformers": []}})
    with pytest.raises(InputError, match=r"no molecule that can be taken: .*without a conformer"):
        build_geom(stream, cache=tmp_path)
    assert list(tmp_path.iterdir()) == [stream]


def test_a_damaged_download_leaves_nothing(stream: Path, tmp_path: Path) -> None:
    stream.write_bytes(stream.read_bytes()[:-1])
    with pytest.raises(InputError, match="is cut short"):
        build_geom(stream, cache=tmp_path)
    assert list(tmp_path.iterdir()) == [stream]


def test_the_published_number_of_conformers_must_have_the_published_sizes(
    stream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geom_module, "SIZE_HISTOGRAM", {41: 23})
    with pytest.raises(InputError, match="the download is damaged"):
        build_geom(stream, cache=tmp_path)
    assert list(tmp_path.iterdir()) == [stream]
