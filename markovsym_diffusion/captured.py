"""Functions of tensors recorded as CUDA graphs, so that a call is one launch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor

Results = tuple[Tensor | None, ...]
Shapes = tuple[tuple[torch.Size, tuple[int, ...], torch.dtype], ...]

WARM_UP = 3
"""Calls before a recording, in which libraries choose their kernels."""


@final
class Captured:
    """A function of tensors and a generator, recorded once for each shape of its input.

    On a CPU it is the function itself. On a GPU the tensors that are returned are the same at every
    call with one shape: use them up, or copy them, before the next.

    Args:
        function: It waits for no result, and all that it allocates depends on shapes alone.
    """

    def __init__(self, function: Callable[..., Results]) -> None:
        self.function = function
        self.recordings: dict[Shapes, _Recording] = {}

    def __call__(self, *inputs: Tensor, generator: torch.Generator) -> Results:
        """The value of the function; its draws come from ``generator`` and move it along."""
        if not inputs[0].is_cuda:
            return self.function(*inputs, generator=generator)
        shapes = tuple((one.shape, one.stride(), one.dtype) for one in inputs)
        if shapes not in self.recordings:
            pool = next((old.graph.pool() for old in self.recordings.values()), None)
            self.recordings[shapes] = _recorded(self.function, inputs, pool)
        return self.recordings[shapes].replay(inputs, generator)


@final
@dataclass(frozen=True, eq=False)
class _Recording:
    """A graph, and the places in memory where it reads and writes."""

    graph: torch.cuda.CUDAGraph
    inputs: tuple[Tensor, ...]
    generator: torch.Generator
    results: Results

    def replay(self, inputs: tuple[Tensor, ...], generator: torch.Generator) -> Results:
        """Launch the graph; the state of a generator lies on the host, so nothing waits."""
        for place, value in zip(self.inputs, inputs, strict=True):
            place.copy_(value if value.shape == place.shape else value[:1])
        self.generator.set_state(generator.get_state())
        self.graph.replay()
        generator.set_state(self.generator.get_state())
        return self.results


def _recorded(
    function: Callable[..., Results],
    inputs: tuple[Tensor, ...],
    pool: Any,
) -> _Recording:
    """Record the function; graphs that share a pool of memory run one after the other."""
    device = inputs[0].device
    # a value that all rows share has one place in memory, and stays shared within the graph
    places = tuple(one[:1].clone() if _shared(one) else one.clone() for one in inputs)
    seen = [p.expand_as(one) for p, one in zip(places, inputs, strict=True)]
    generator, aside = torch.Generator(device), torch.cuda.Stream(device)
    aside.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(aside):
        for _ in range(WARM_UP):
            function(*seen, generator=generator)
    torch.cuda.current_stream(device).wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(generator)
    with torch.cuda.graph(graph, pool=pool):
        results = function(*seen, generator=generator)
    return _Recording(graph, places, generator, results)


def _shared(value: Tensor) -> bool:
    return value.dim() > 0 and value.stride(0) == 0
