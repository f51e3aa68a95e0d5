"""Which device a command runs on."""

import torch

from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.options import Device


def device(asked: Device) -> torch.device:
    """The device asked for. Raises ``InputError`` if it is a GPU and there is none."""
    if asked == "cuda" and not torch.cuda.is_available():
        raise InputError("wanted a CUDA device, found none; use --device cpu")
    if asked == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(asked)
