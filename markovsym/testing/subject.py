"""Anybody's model as a kernel between two spaces of a group."""

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import final

import torch
from torch import Tensor, nn

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.kernels import Kernel, Randomness
from markovsym.randomness import Source, integers
from markovsym.spaces import Value, parts_of, value_of
from markovsym.symmetrise.equivariant import ends

Model = Kernel | nn.Module | Callable[..., Value]
"""A kernel; or a torch module or function of one tensor for each factor of the space it starts in,
with one batch dimension. It may draw random numbers, from torch's own generator or from one that
it takes as ``generator``."""


@final
class Sampler(Kernel):
    """What a function of anybody's draws, as a kernel.

    Numbers that it takes from torch's own generator are made a function of the source, and that
    generator is put back as it was.
    """

    def __init__(self, function: nn.Module | Callable[..., Value], X: GSpace, Y: GSpace) -> None:
        super().__init__(X, Y)
        self.function = function
        called = function.forward if isinstance(function, nn.Module) else function
        self.takes_generator = _takes_generator(called)

    def draw(self, value: Value, source: Randomness) -> Value:
        """What the function returns."""
        with torch_draws_from(source.generator):
            if self.takes_generator:
                return self.function(*parts_of(value), generator=source.generator)
            return self.function(*parts_of(value))


def kernel_of(model: Model, X: GSpace | None = None, Y: GSpace | None = None) -> Kernel:
    """The model as a kernel: itself if it is one between spaces of a group.

    Args:
        model: What is to be tested.
        X: Where it starts; a kernel brings its own.
        Y: Where it ends; by default X.

    Raises:
        CompositionError: If neither the model nor the caller says where it starts.
    """
    if isinstance(model, Kernel) and X is None:
        ends(model)
        return model
    if X is None:
        raise CompositionError(
            "wanted the space in which the model starts, as in X = gspace((20, 3), matrix(O(3))), "
            "got none"
        )
    if not isinstance(model, Kernel):
        return Sampler(model, X, Y or X)
    return Sampler(_drawing(model), X, Y or X)


def precision_of(model: Model) -> torch.dtype:
    """The floating point type of the weights of a model; that of torch where it has none."""
    weights = model.parameters() if isinstance(model, nn.Module) else ()
    return next((w.dtype for w in weights if w.is_floating_point()), torch.get_default_dtype())


def device_of(model: Model) -> torch.device:
    """Where the weights of a model lie; the CPU where it has none."""
    weights = model.parameters() if isinstance(model, nn.Module) else ()
    return next((weight.device for weight in weights), torch.device("cpu"))


def _drawing(kernel: Kernel) -> Callable[..., Value]:
    """The draws of a kernel, as a function."""

    def draw(*parts: Tensor, generator: Source) -> Value:
        return kernel.sample(value_of(parts), generator=generator)

    return draw


def _takes_generator(function: Callable[..., object]) -> bool:
    try:
        return "generator" in inspect.signature(function).parameters
    except ValueError:  # built in, and without a signature
        return False


@contextmanager
def torch_draws_from(source: Source) -> Generator[None]:
    """For a while torch's own generators continue from a number that a source gives."""
    on = [source.device] if source.device.type == "cuda" else []
    with torch.random.fork_rng(devices=on):
        seed = int(integers(2**62, generator=source))
        torch.default_generator.manual_seed(seed)
        if on:
            torch.cuda.manual_seed(seed)
        yield
