import json
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from markovsym_diffusion.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from markovsym_diffusion.molecules import InputError

TENSORS = {
    "weights": torch.arange(12.0).reshape(3, 4),
    "half": torch.ones(3, dtype=torch.bfloat16),
    "count": torch.tensor(7),
    "empty": torch.zeros(0, 2),
}
FACTS = {"recipe": "symdiff-qm9", "sizes": {"3": 1}}


@pytest.fixture(name="saved")
def _saved(tmp_path: Path) -> Path:
    path = tmp_path / "run" / "model.safetensors"
    save_checkpoint(path, TENSORS, FACTS)
    return path


def test_what_is_saved_is_loaded(saved: Path) -> None:
    tensors, facts = load_checkpoint(saved)
    assert facts == FACTS
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert tensor.dtype == tensors[name].dtype
        assert torch.equal(tensor, tensors[name])


def test_saving_leaves_nothing_else_behind(saved: Path) -> None:
    save_checkpoint(saved, TENSORS, FACTS)
    assert [path.name for path in saved.parent.iterdir()] == ["model.safetensors"]


@given(place=st.floats(0, 0.999), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_is_noticed(saved: Path, place: float, bit: int) -> None:
    content = bytearray(saved.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    damaged = saved.with_name("damaged")
    damaged.write_bytes(content)
    try:
        tensors, facts = load_checkpoint(damaged)
    except InputError:
        return
    # the header may spell the same content in another way, as with a space for a space
    assert facts == FACTS
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in TENSORS.items())


@given(share=st.floats(0, 0.999))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_short_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    damaged = saved.with_name("damaged")
    damaged.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="cut short or no safetensors file"):
        load_checkpoint(damaged)


def test_tensors_of_another_programme_are_refused(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError, match="not written by markovsym_diffusion"):
        load_checkpoint(tmp_path / "other.safetensors")


def test_changed_facts_do_not_pass(saved: Path) -> None:
    """A new recipe name under the old weights would load a wrong model."""
    content = saved.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    facts = header["__metadata__"]["facts"]
    header["__metadata__"]["facts"] = facts.replace("symdiff-qm9", "symdiff-qm8")
    packed = json.dumps(header).encode()
    saved.write_bytes(struct.pack("<Q", len(packed)) + packed + content[8 + length :])
    with pytest.raises(CheckpointError, match="changed or damaged"):
        load_checkpoint(saved)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*absent: there is no such file"):
        load_checkpoint(tmp_path / "absent")
