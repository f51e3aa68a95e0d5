"""Whether what a gamma draws at some points are cosets."""

import copy
from contextlib import suppress

import torch
from jaxtyping import Bool
from torch import Tensor

from markovsym.errors import NoGammaError, SpaceError
from markovsym.groups import Cosets
from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of
from markovsym.testing.inputs.named import sized
from markovsym.testing.pointwise.functions import cast
from markovsym.testing.seeds import derived


def require_cosets(gamma: Kernel, cosets: Cosets, x: Value, where: str) -> None:
    """Check that gamma draws cosets at the points of a batch.

    Args:
        gamma: A kernel X -> G/H.
        cosets: G/H.
        x: The points, along one batch dimension.
        where: What to call them.

    Raises:
        AssertionError: If it raises, is not finite, or draws what is no coset.
        NoGammaError: If gamma says that there is none.
    """
    try:
        drawn = _drawn(gamma, x)
    except NoGammaError:
        raise
    except Exception as error:  # whatever it is, gamma draws nothing there
        raise AssertionError(
            f"gamma raises {type(error).__name__} at {where}: {error}; wanted a draw, or "
            "NoGammaError where none can exist"
        ) from error
    if not all(bool(part.isfinite().all()) for part in parts_of(drawn)):
        raise AssertionError(
            f"gamma is not finite at {where}; wanted a draw, or NoGammaError where none can exist"
        )
    strangers = int((~_are_cosets(cosets, x, gamma, drawn)).sum())
    if strangers and not _rounding(cosets, x, gamma):
        raise AssertionError(
            f"gamma draws what is no coset in {cosets} at {where}: {strangers} of "
            f"{len(parts_of(drawn)[0])} draws are none"
        )


def _drawn(gamma: Kernel, x: Value) -> Value:
    place = next((part.device for part in parts_of(x)), None)
    return gamma.sample(x, generator=derived("cosets", device=place))


def _rounding(cosets: Cosets, x: Value, gamma: Kernel) -> bool:
    """Whether draws are cosets in double precision; then they are off by rounding alone."""
    double = copy.deepcopy(gamma).double()
    at = cast(x, torch.float64)
    with suppress(Exception):  # not everybody's gamma takes double precision
        return bool(_are_cosets(cosets, at, double, _drawn(double, at)).all())
    return False


def _are_cosets(cosets: Cosets, x: Value, gamma: Kernel, drawn: Value) -> Bool[Tensor, "draw"]:
    """Whether each draw is the coset of an element."""
    _, sizes = gamma.dom.space.measure(x)
    if cosets.plain:
        return sized(cosets.representatives, sizes).contains(drawn)
    try:
        g = cosets.section(drawn)
    except SpaceError:
        return torch.zeros(cosets.space.measure(drawn)[0], dtype=torch.bool)
    found = sized(cosets.group, sizes).contains(g)
    for back, part in zip(parts_of(cosets.project(g)), parts_of(drawn), strict=True):
        near = torch.isclose(back, part, rtol=1e-3, atol=1e-4).reshape(len(part), -1)
        found = found & near.all(1)
    return found
