"""Sources of randomness that are functions of what is tested, so that runs replay and shrink."""

from hashlib import sha256

import torch

from markovsym.spaces import Value, parts_of

DECIMALS = 12
"""Numbers that agree so far give one seed."""


def derived(*of: str | Value, device: torch.device | None = None) -> torch.Generator:
    """A source of randomness whose seed is a function of some words and values.

    Where a seed is drawn instead, Hypothesis searches the seeds for a false alarm.
    """
    digest = sha256(b"\n".join(_bytes(one) for one in of)).digest()
    return torch.Generator(device or "cpu").manual_seed(int.from_bytes(digest[:8], "little"))


def _bytes(of: str | Value) -> bytes:
    if isinstance(of, str):
        return of.encode()
    lists = (part.detach().cpu().resolve_conj() for part in parts_of(of))
    return b"\n".join(repr(_rounded(part).tolist()).encode() for part in lists)


def _rounded(part: torch.Tensor) -> torch.Tensor:
    """The zero is added lest -0 and 0 differ."""
    if part.is_complex():
        return _rounded(torch.view_as_real(part))
    return part.double().round(decimals=DECIMALS) + 0.0 if part.is_floating_point() else part
