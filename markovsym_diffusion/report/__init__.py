"""What a run leaves behind for people and other programs: molecule files and pictures."""

from markovsym_diffusion.datasets.formats import read_molecules
from markovsym_diffusion.report.npz import write_npz
from markovsym_diffusion.report.pictures import loss_curve, molecule_picture
from markovsym_diffusion.report.sdf import write_sdf
from markovsym_diffusion.report.xyz import write_xyz

__all__ = [
    "loss_curve",
    "molecule_picture",
    "read_molecules",
    "write_npz",
    "write_sdf",
    "write_xyz",
]
