"""Groups, actions, Markov kernels and symmetrisation procedures as composable typed objects.

Public names are looked up on first use, so that importing this package imports no torch.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markovsym import actions, groups, kernels, syntax, testing
    from markovsym.actions import GSpace, coset_space, gspace, regular, restrict
    from markovsym.categories import FinStoch, Functions, Functor, Gauss, Samplers
    from markovsym.errors import MarkovsymError
    from markovsym.interop import draw
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
        EquivariantSamplers,
        declare_equivariant,
        haar,
        recursive,
        sym,
    )
    from markovsym.syntax import Box, Diagram, Ob, Theory, Ty, prove

__all__ = [
    "Box",
    "Copy",
    "Deterministic",
    "Diagram",
    "Discard",
    "EquivariantKernel",
    "EquivariantSamplers",
    "FinStoch",
    "Functions",
    "Functor",
    "GSpace",
    "Gauss",
    "Gaussian",
    "Identity",
    "Kernel",
    "MarkovsymError",
    "NoiseOutsourced",
    "Normal",
    "Ob",
    "Samplers",
    "Space",
    "Swap",
    "Theory",
    "Ty",
    "actions",
    "coset_space",
    "declare_equivariant",
    "draw",
    "groups",
    "gspace",
    "haar",
    "kernels",
    "prove",
    "recursive",
    "regular",
    "restrict",
    "space",
    "sym",
    "syntax",
    "testing",
]

_PLACES = (
    "errors",
    "spaces",
    "syntax",
    "kernels",
    "actions",
    "categories",
    "symmetrise",
    "interop",
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'markovsym' has no attribute '{name}'")
    if name in {"actions", "groups", "kernels", "syntax", "testing"}:
        return importlib.import_module(f"markovsym.{name}")
    modules = (importlib.import_module(f"markovsym.{place}") for place in _PLACES)
    return next(getattr(module, name) for module in modules if hasattr(module, name))
