"""What a run leaves behind for people and other programs: molecule files and pictures."""

from markovsym_diffusion.report.files import (
    read_molecules,
    replace_file,
    write_npz,
    write_sdf,
    write_xyz,
)
from markovsym_diffusion.report.pictures import loss_curve, molecule_picture

__all__ = [
    "loss_curve",
    "molecule_picture",
    "read_molecules",
    "replace_file",
    "write_npz",
    "write_sdf",
    "write_xyz",
]
