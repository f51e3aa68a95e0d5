import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from markovsym_diffusion.datasets.qm9_source import TABLES, find_tables, parse_tables
from markovsym_diffusion.molecules import InputError

HEADER = "XYZ_file,Index,SMILES,N_atoms,Elements,XYZ_Ang\n"
HYDROGEN_FLUORIDE = """"b.xyz",7,"F",2,"['F','H']","[[0.,0.1,-2.5],[0.,0.,1.]]"\n"""
WATER = """"a.xyz",3,"O",3,"['O','H','H']","[[1.,2.,3.],[4.,5.,6.],[-0.0000000001,0.5,0.25]]"\n"""


def pretend_package(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Let qm9pack be found in ``folder``, or not at all."""

    def find(name: str) -> ModuleSpec | None:
        if folder is None:
            return None
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec

    monkeypatch.setattr(importlib.util, "find_spec", find)


def test_rows_become_ragged_arrays(tmp_path: Path) -> None:
    tables = [tmp_path / "one.csv", tmp_path / "two.csv"]
    tables[0].write_text(HEADER + WATER)
    tables[1].write_text(HEADER + HYDROGEN_FLUORIDE + WATER)
    arrays = parse_tables(tables)
    assert arrays["index"].tolist() == [3, 7, 3]
    assert arrays["offsets"].tolist() == [0, 3, 5, 8]
    assert arrays["atomic_numbers"].tolist() == [8, 1, 1, 9, 1, 8, 1, 1]
    assert arrays["positions"].shape == (8, 3)
    fluoride = torch.tensor([[0.0, 0.1, -2.5], [0.0, 0.0, 1.0]])
    assert torch.equal(arrays["positions"][3:5], fluoride)
    assert torch.equal(arrays["positions"][2], torch.tensor([-1e-10, 0.5, 0.25]))


def test_arrays_are_narrow(tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    table.write_text(HEADER + WATER)
    types = {name: array.dtype for name, array in parse_tables([table]).items()}
    assert types == {
        "positions": torch.float32,
        "atomic_numbers": torch.uint8,
        "offsets": torch.int32,
        "index": torch.int32,
    }


def test_every_table_is_reported(tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    table.write_text(HEADER + WATER)
    said: list[str] = []
    parse_tables([table, table], said.append)
    assert said == ["reading one.csv"] * 2


def test_the_installed_tables_are_found_in_order() -> None:
    assert [table.name for table in find_tables()] == [f"qm9_part{n}.csv" for n in (1, 2, 3)]


def test_an_absent_package_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_package(monkeypatch, None)
    with pytest.raises(InputError) as caught:
        find_tables()
    assert "pip install --no-deps qm9pack==1.0.3" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_package(monkeypatch, tmp_path)
    with pytest.raises(InputError, match=r"qm9_part1.csv is missing; install qm9pack anew"):
        find_tables()


def test_a_table_of_another_version_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_package(monkeypatch, tmp_path)
    (tmp_path / "data").mkdir()
    for name in TABLES:
        (tmp_path / "data" / name).write_text(HEADER + WATER)
    with pytest.raises(InputError, match=r"qm9_part1.csv is not that of qm9pack 1.0.3"):
        find_tables()
