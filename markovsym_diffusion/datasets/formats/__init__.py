"""Molecule files of others, read with care."""

from markovsym_diffusion.datasets.formats.files import read_molecules

__all__ = ["read_molecules"]
