"""The data that these tests share."""

from pathlib import Path

import pytest

from markovsym_diffusion.datasets import load_qm9
from markovsym_diffusion.datasets.array_file import as_molecules, read_arrays
from markovsym_diffusion.datasets.qm9 import cache_path
from markovsym_diffusion.molecules import Molecules

FIXTURE = Path(__file__).parents[2] / "data" / "qm9_fixture.safetensors"

FIXTURE_CHECKSUMS = {
    "positions": "9d89db21608617f5b54f231958d9e9be9a7279aab563cb68edb44d503219c9cf",
    "atomic_numbers": "86525b907dee5aeaca89d558b99ac80f8b0b304366221c65a409a330bb3710be",
    "offsets": "9ca5d8e53b4ce78e4d3a90c17b6d9719d6d5bae64233c398928ec95ca37ba038",
    "index": "f00637f56a5e67c7b2b7923e940c924252bf3fb0a51714d2ab368e5652514365",
}


@pytest.fixture(scope="session")
def all_qm9() -> Molecules:
    return load_qm9()


@pytest.fixture(scope="session")
def qm9_cache(all_qm9: Molecules) -> Path:
    """The user's own cache; a test must not write to it."""
    assert len(all_qm9) > 0
    return cache_path()


@pytest.fixture(scope="session")
def some_qm9() -> Molecules:
    """Every 131st molecule of QM9, 999 in all, from a file that comes with the tests."""
    return as_molecules(read_arrays(FIXTURE, FIXTURE_CHECKSUMS))


@pytest.fixture(scope="session")
def fixture_file() -> Path:
    return FIXTURE
