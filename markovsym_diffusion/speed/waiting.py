"""What a step asks of its device and of the host: kernels, waiting, memory."""

import resource
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode

LOOKS = frozenset({"_local_scalar_dense", "nonzero", "is_nonzero", "masked_select", "item"})
"""Operators that need a value on the host."""


@final
@dataclass(frozen=True, slots=True)
class Launches:
    """What one step asked of its device."""

    kernels: int
    """On a GPU kernels that ran and graphs that were launched; on a CPU operators."""
    waits: int
    """Times that the host waited for a value."""


def launches(step: Callable[[], object], device: torch.device) -> Launches:
    """Count them in one step, after one that does not count."""
    step()
    if device.type == "cuda":
        return _on_gpu(step, device)
    counter = _Operators()
    with counter:
        step()
    waits = sum(count for name, count in counter.seen.items() if name in LOOKS)
    return Launches(counter.seen.total(), waits)


def _on_gpu(step: Callable[[], object], device: torch.device) -> Launches:
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as waited:
            warnings.simplefilter("always")
            step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    with profile(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as seen:
        step()
        torch.cuda.synchronize(device)
    names = [event.name for event in seen.events() or ()]
    kernels = sum("LaunchKernel" in name or "GraphLaunch" in name for name in names)
    return Launches(kernels, waits=sum("synchroniz" in str(one.message) for one in waited))


class _Operators(TorchDispatchMode):
    """Counts operators by name, those of the backward pass too."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        self.seen[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def peak_memory(device: torch.device) -> int:
    """The most bytes that this process has held so far: on a GPU there, else on the host."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
