"""Pickles of others, which may ask for nothing but what rebuilds molecules and arrays."""

import pickle
from pathlib import Path
from typing import Any, final

from markovsym_diffusion.molecules import InputError

ALLOWED = frozenset(
    {
        ("rdkit.Chem.rdchem", "Mol"),
        ("_codecs", "encode"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
    }
)
"""All that a pickle may call, by module and name."""


def load_pickle(path: Path) -> Any:
    """What a pickle holds, if it needs no more than ``ALLOWED``.

    This is no sandbox: the bytes of a molecule go to the parser of RDKit as they are.

    Raises:
        InputError: If it asks for anything else, or is damaged.
    """
    try:
        with path.open("rb") as file:
            return _Restricted(file).load()
    except InputError as error:
        raise InputError(f"{path} {error}") from error
    except Exception as error:  # damaged bytes make the decoders raise whatever they like
        mend = "delete the file, and it will be skipped"
        raise InputError(f"{path} is damaged ({type(error).__name__}): {mend}") from error


@final
class _Restricted(pickle.Unpickler):
    """Unpickles no persistent ids, as its parent, and of globals those in ``ALLOWED``."""

    def find_class(self, module: str, name: str, /) -> Any:
        """What a pickle asks for by name."""
        renamed = module.replace("numpy.core.", "numpy._core.")  # NumPy 2 moved it
        if (renamed, name) not in ALLOWED:
            raise InputError(f"asks for {module}.{name}, which no molecule needs: do not trust it")
        return super().find_class(renamed, name)
