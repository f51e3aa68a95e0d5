"""How a model is computed: in what precision, and whether by compiled code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import torch
from torch import nn

from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.networks.dit import Transformer


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How a model is computed."""

    bfloat16: bool = False
    """Whether the blocks multiply matrices in bfloat16; all else is done in float32."""
    compiled: bool = False
    """Whether the blocks are compiled; it takes up to a minute, and a C++ compiler on a CPU."""

    def to_train(self, model: nn.Module) -> None:
        """Set a model up for training; its weights stay in float32.

        Raises:
            InputError: If it has no transformer.
        """
        for transformer in self._transformers(model):
            transformer.in_bfloat16 = self.bfloat16
            if self.compiled:
                for block in transformer.blocks:
                    block.compile(dynamic=True)

    def to_sample(self, model: nn.Module) -> None:
        """The same for a model that is only called; weights of blocks are kept so."""
        self.to_train(model)
        if self.bfloat16:
            for transformer in self._transformers(model):
                transformer.blocks.to(torch.bfloat16)

    def _transformers(self, model: nn.Module) -> Iterator[Transformer]:
        if self == Execution():
            return
        found = [one for one in model.modules() if isinstance(one, Transformer)]
        if not found:
            raise InputError(
                "wanted a model with a transformer for bfloat16 or compiled code, got one without; "
                "leave --bfloat16 and --compile out"
            )
        yield from found
