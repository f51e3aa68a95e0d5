import importlib
import io
import itertools
import json
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgpack
import pytest

from markovsym_diffusion.datasets.geom_source import records
from markovsym_diffusion.molecules import InputError
from tests.markovsym_diffusion.datasets.downloads import some_records, write_pickles, write_stream

NOTHING: Counter[str] = Counter()


def test_the_molecules_of_a_stream_come_in_its_order(tmp_path: Path) -> None:
    there = some_records(10)
    shares, found = zip(*records(write_stream(tmp_path / "d", there), NOTHING), strict=True)
    assert json.dumps(found) == json.dumps(list(there.values()))
    assert all(earlier <= later for earlier, later in itertools.pairwise((0, *shares)))
    assert shares[-1] == 1


def test_a_stream_is_read_a_part_at_a_time(tmp_path: Path) -> None:
    path = write_stream(tmp_path / "d", some_records(4), at_a_time=2)
    path.write_bytes(path.read_bytes() + b"\xc1")
    stream = records(path, NOTHING)
    taken = [share for share, _ in itertools.islice(stream, 4)]
    assert 0 < taken[0] == taken[1] < taken[2] == taken[3] < 1
    with pytest.raises(InputError, match="is damaged, or no msgpack"):
        next(stream)


@pytest.mark.parametrize("missing", [1, 9, 1000])  # 9 is one float
def test_a_stream_that_is_cut_short_is_refused(missing: int, tmp_path: Path) -> None:
    path = write_stream(tmp_path / "d", some_records(4), at_a_time=2)
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(InputError, match="is cut short: download it again") as caught:
        list(records(path, NOTHING))
    assert str(path) in str(caught.value)


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("drugs_crude.msgpack"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive(),
        b"not msgpack at all",
        msgpack.packb([1, 2]),
        msgpack.packb({1: 2}),
        b"\xc1",
    ],
)
def test_what_is_no_stream_of_molecules_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "d"
    path.write_bytes(content)
    with pytest.raises(InputError, match="d is damaged, or no msgpack") as caught:
        list(records(path, NOTHING))
    assert "\n" not in str(caught.value)


def test_without_msgpack_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name)

    path = write_stream(tmp_path / "d", some_records(1))
    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(InputError, match=r"pip install 'markovsym\[geom\]'"):
        next(records(path, NOTHING))


def test_the_molecules_of_a_folder_come_in_the_order_of_its_summary(tmp_path: Path) -> None:
    there = some_records(6)
    found = list(records(write_pickles(tmp_path / "f", there), NOTHING))
    assert [share for share, _ in found] == [(place + 1) / 6 for place in range(6)]
    assert [record["totalconfs"] for _, record in found] == [1, 2, 3, 4, 1, 2]


def test_molecules_without_a_pickle_are_skipped_and_counted(tmp_path: Path) -> None:
    folder = write_pickles(tmp_path / "f", some_records(6))
    summary = json.loads((folder / "summary_drugs.json").read_text())
    names = list(summary)
    del summary[names[0]]["pickle_path"]
    summary[names[1]]["pickle_path"] = None
    (folder / summary[names[2]]["pickle_path"]).unlink()
    (folder / "summary_drugs.json").write_text(json.dumps(summary))
    skipped: Counter[str] = Counter()
    found = list(records(folder, skipped))
    assert [record["totalconfs"] for _, record in found] == [4, 1, 2]
    assert skipped == {"molecules without a pickle": 3}


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_damaged_summary_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "summary_drugs.json").write_text(content)
    with pytest.raises(InputError, match=r"summary_drugs.json is damaged"):
        list(records(tmp_path, NOTHING))


@pytest.mark.parametrize("name", [".", "absent"])
def test_what_is_no_download_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wanted the file drugs_crude.msgpack, or a folder"):
        records(tmp_path / name, NOTHING)
