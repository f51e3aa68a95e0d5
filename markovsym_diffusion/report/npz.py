"""npz files: molecules as three arrays, exactly."""

import io
from pathlib import Path

import numpy as np

from markovsym.files import replace_file
from markovsym_diffusion.molecules import Molecules


def write_npz(molecules: Molecules, path: Path) -> None:
    """Write the arrays ``positions``, ``numbers`` and ``offsets``, exactly."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        positions=molecules.positions.numpy(),
        numbers=molecules.numbers.numpy().astype(np.uint8),
        offsets=molecules.offsets.numpy(),
    )
    replace_file(path, buffer.getvalue())
