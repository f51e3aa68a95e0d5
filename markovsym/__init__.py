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
    from markovsym.nn import Symmetrised
    from markovsym.spaces import Space, space
    from markovsym.symmetrise import (
        EquivariantKernel,
        EquivariantSamplers,
        average,
        declare_equivariant,
        gammas,
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
    "Symmetrised",
    "Theory",
    "Ty",
    "actions",
    "average",
    "coset_space",
    "declare_equivariant",
    "draw",
    "gammas",
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

_PLACES = {
    "markovsym": ("actions", "groups", "kernels", "syntax", "testing"),
    "markovsym.actions": ("GSpace", "coset_space", "gspace", "regular", "restrict"),
    "markovsym.categories": ("FinStoch", "Functions", "Functor", "Gauss", "Samplers"),
    "markovsym.errors": ("MarkovsymError",),
    "markovsym.interop": ("draw",),
    "markovsym.kernels": (
        "Copy",
        "Deterministic",
        "Discard",
        "Gaussian",
        "Identity",
        "Kernel",
        "NoiseOutsourced",
        "Normal",
        "Swap",
    ),
    "markovsym.nn": ("Symmetrised",),
    "markovsym.spaces": ("Space", "space"),
    "markovsym.symmetrise": (
        "EquivariantKernel",
        "EquivariantSamplers",
        "average",
        "declare_equivariant",
        "gammas",
        "haar",
        "recursive",
        "sym",
    ),
    "markovsym.syntax": ("Box", "Diagram", "Ob", "Theory", "Ty", "prove"),
}
_PLACE = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PLACE:
        raise AttributeError(f"module 'markovsym' has no attribute '{name}'")
    if _PLACE[name] == "markovsym":
        return importlib.import_module(f"markovsym.{name}")
    return getattr(importlib.import_module(_PLACE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACE})
