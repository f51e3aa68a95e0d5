import subprocess
import sys
from pathlib import Path

import pytest
import torch

from markovsym_diffusion.datasets import (
    SIZE_HISTOGRAM,
    SizeSorted,
    data_set,
    load_qm9,
    qm9,
)
from markovsym_diffusion.datasets.geom_build import build_geom
from markovsym_diffusion.datasets.own_files import build_from_files
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError
from tests.markovsym_diffusion.datasets.downloads import some_records, write_stream

WATER = "3\n\nO 0 0 0\nH 0 0 1\nH 0 1 0\n"


def test_qm9_comes_with_the_published_splits_sizes_and_features() -> None:
    data = data_set("qm9")
    for split in ("train", "valid", "test"):
        assert torch.equal(data.split(split).positions, qm9(split).positions)
        assert torch.equal(data.split(split).offsets, qm9(split).offsets)
    assert data.sizes.counts == SIZE_HISTOGRAM
    assert data.features == AtomFeatures()
    assert data.vocabulary == (1, 6, 7, 8, 9)
    assert len(data) == len(load_qm9())


def test_a_data_set_is_opened_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "water.xyz").write_text(3 * WATER)
    own = str(tmp_path / "mine")
    build_from_files(tmp_path / "files", Path(own))
    assert data_set(own).name == own
    assert data_set("qm9").name == "qm9"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    build_geom(write_stream(tmp_path / "d", some_records(3)), cache=tmp_path / "markovsym")
    assert data_set("geom").name == "geom"


def test_every_data_set_can_be_cut_into_batches(tmp_path: Path) -> None:
    (tmp_path / "water.xyz").write_text(7 * WATER)
    build_from_files(tmp_path, tmp_path / "mine")
    data = data_set(str(tmp_path / "mine"))
    train = data.split("train")
    seen = [train.padded(rows) for rows in SizeSorted(train.sizes, 2).epoch(0, 0)]
    assert sum(len(batch.mask) for batch in seen) == 5
    channels = data.features.encode(seen[0].numbers, seen[0].mask)
    assert channels.shape[-1] == 3
    assert data.sizes.sample(4, generator=torch.Generator()).tolist() == [3] * 4


def test_an_unknown_split_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match="one of train, valid, test; got 'dev'"):
        data_set("qm9").split("dev")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("QM9", "called 'QM9'; did you mean qm9"),
        ("geom-drugs", "did you mean geom"),
        ("runs/absent", "there are qm9, geom, and folders made by `data from-files`"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        data_set(name)


def test_a_folder_of_something_else_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no data set"):
        data_set(str(tmp_path))


@pytest.mark.slow
def test_data_sets_are_imported_without_what_training_does_not_need() -> None:
    code = (
        "import sys; import markovsym_diffusion.datasets\n"
        "assert not {'rdkit', 'msgpack', 'qm9pack'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
