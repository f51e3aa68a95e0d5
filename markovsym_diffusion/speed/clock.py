"""Timing by turns: what is compared runs in one process, one after the other, again and again."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, final

import torch

IDLE = 1
"""Rounds at the start that do not count."""


@final
@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds on a device: of the processor with one thread, of the wall otherwise.

    On a machine that others use too, only the processor time of a single thread means much.
    """

    device: torch.device

    @property
    def by_processor(self) -> bool:
        """Whether other work on the machine is left out."""
        return self.device.type == "cpu" and torch.get_num_threads() == 1

    def seconds(self, run: Callable[[], object]) -> float:
        """How long ``run`` takes, with all that it launched."""
        now = time.process_time if self.by_processor else time.perf_counter
        self.wait()
        start = now()
        run()
        self.wait()
        return now() - start

    def wait(self) -> None:
        """Until the device has done what it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


@final
@dataclass(frozen=True, slots=True)
class Rounds:
    """The seconds of each round."""

    seconds: tuple[float, ...]

    @property
    def usual(self) -> float:
        """The median."""
        return median(self.seconds)

    def facts(self) -> dict[str, Any]:
        """All rounds, the median, and half the range within which the middle half lies."""
        ordered = sorted(self.seconds)
        quarter = len(ordered) // 4
        spread = (ordered[-1 - quarter] - ordered[quarter]) / 2
        return {"median": self.usual, "spread": spread, "rounds": list(self.seconds)}

    def against(self, other: "Rounds") -> "Rounds":
        """Round by round, how many times as long the other takes; not seconds, but ratios."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return Rounds(tuple(theirs / ours for ours, theirs in pairs))


def interleaved(
    runs: Mapping[str, Callable[[], object]], clock: Clock, rounds: int
) -> dict[str, Rounds]:
    """Time every one of ``runs`` in turn, ``rounds`` times."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(IDLE + rounds):
        for name, run in runs.items():
            found[name].append(clock.seconds(run))
    return {name: Rounds(tuple(seconds[IDLE:])) for name, seconds in found.items()}
