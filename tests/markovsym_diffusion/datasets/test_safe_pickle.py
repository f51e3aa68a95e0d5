import io
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rdkit import Chem

from markovsym_diffusion.datasets.safe_pickle import load_pickle
from markovsym_diffusion.molecules import InputError
from tests.markovsym_diffusion.datasets.downloads import drugs


class Payload:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class ByName(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        return "somewhere else" if obj == "secret" else None


def written(folder: Path, thing: Any, protocol: int = 4) -> Path:
    path = folder / "some.pickle"
    path.write_bytes(pickle.dumps(thing, protocol))
    return path


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_what_geom_holds_is_read(protocol: int, tmp_path: Path) -> None:
    drug = drugs(1)[0]
    energy = np.float64(-1.5)
    record = {"smiles": "C", "conformers": [{"totalenergy": energy, "rd_mol": drug, "set": 1}]}
    read = load_pickle(written(tmp_path, record, protocol))["conformers"][0]
    assert read["totalenergy"] == energy
    assert Chem.MolToSmiles(read["rd_mol"]) == Chem.MolToSmiles(drug)
    np.testing.assert_allclose(
        read["rd_mol"].GetConformer().GetPositions(), drug.GetConformer().GetPositions(), atol=1e-6
    )


@pytest.mark.parametrize("home", [b"numpy._core", b"numpy.core"])
def test_arrays_of_any_numpy_are_read(home: bytes, tmp_path: Path) -> None:
    array = np.arange(6.0).reshape(2, 3)
    path = written(tmp_path, [array, np.float64(3)], protocol=2)
    path.write_bytes(path.read_bytes().replace(b"numpy._core", home))
    read = load_pickle(path)
    np.testing.assert_array_equal(read[0], array)
    assert read[1] == 3


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (os.system, "posix.system"),
        (eval, "(builtins|__builtin__).eval"),
        (np.load, "numpy.load"),
        (np.ndarray.tofile, "(builtins|__builtin__).getattr"),
        (Chem.SDMolSupplier, "rdkit.Chem.rdmolfiles.SDMolSupplier"),
    ],
)
@pytest.mark.parametrize("protocol", [2, 4])
def test_anything_else_is_refused_and_not_called(
    function: Any, name: str, protocol: int, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    path = written(tmp_path, {"a": Payload(function, f"touch {trace}")}, protocol)
    with pytest.raises(InputError, match=f"asks for ({name}), .* do not trust it") as caught:
        load_pickle(path)
    assert str(path) in str(caught.value)
    assert not trace.exists()


def test_a_persistent_id_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    ByName(buffer).dump(["secret"])
    path = tmp_path / "some.pickle"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match="is damaged"):
        load_pickle(path)


def test_damaged_bytes_are_refused_with_a_mend(tmp_path: Path) -> None:
    path = written(tmp_path, {"mol": drugs(1)[0]})
    whole = path.read_bytes()
    for damaged in (b"", whole[:-10], b"\x00" * 20, whole.replace(whole[60:90], bytes(30))):
        path.write_bytes(damaged)
        with pytest.raises(
            InputError, match=r"is damaged .*delete the file, and it will be skipped"
        ):
            load_pickle(path)
