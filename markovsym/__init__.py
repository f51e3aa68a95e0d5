"""Groups, actions, Markov kernels and symmetrisation procedures as composable typed objects.

Public names are looked up on first use, so that importing this package imports no torch.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markovsym import actions, groups, kernels, testing
    from markovsym.actions import GSpace, coset_space, gspace, regular, restrict
    from markovsym.errors import MarkovsymError
    from markovsym.kernels import (
        Copy,
        Deterministic,
        Discard,
        Gaussian,
        Identity,
        Kernel,
        NoiseOutsourced,
        Normal,
        Swap,
    )
    from markovsym.spaces import Space, space
    from markovsym.symmetrise import (
        EquivariantKernel,
        declare_equivariant,
        haar,
        recursive,
        sym,
    )

__all__ = [
    "Copy",
    "Deterministic",
    "Discard",
    "EquivariantKernel",
    "GSpace",
    "Gaussian",
    "Identity",
    "Kernel",
    "MarkovsymError",
    "NoiseOutsourced",
    "Normal",
    "Space",
    "Swap",
    "actions",
    "coset_space",
    "declare_equivariant",
    "groups",
    "gspace",
    "haar",
    "kernels",
    "recursive",
    "regular",
    "restrict",
    "space",
    "sym",
    "testing",
]

_PLACES = ("errors", "spaces", "kernels", "actions", "symmetrise")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'markovsym' has no attribute '{name}'")
    if name in {"actions", "groups", "kernels", "testing"}:
        return importlib.import_module(f"markovsym.{name}")
    modules = (importlib.import_module(f"markovsym.{place}") for place in _PLACES)
    return next(getattr(module, name) for module in modules if hasattr(module, name))
