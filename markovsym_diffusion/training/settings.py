"""Settings of training, and the learning rate they give."""

from dataclasses import dataclass, field
from typing import final

from markovsym_diffusion.objectives import TimeDraw
from markovsym_diffusion.training.averaging import Averaging, Exponential
from markovsym_diffusion.training.clipping import Clip, NormClip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How a model is trained; the defaults are the published ones."""

    steps: int = 1_700_850
    """Steps of a whole run, unless a number or a time is asked for."""
    batch_size: int = 256
    """Molecules a step."""
    learning_rate: float = 2e-4
    """Of AdamW, at its highest."""
    warm_up: int = 0
    """Steps over which the learning rate rises from zero."""
    cool_down: float = 0.0
    """Share of the run, at its end, over which the learning rate falls to zero."""
    weight_decay: float = 1e-12
    """Of AdamW."""
    amsgrad: bool = True
    """Whether AdamW keeps the largest second moment."""
    clip: Clip = field(default_factory=lambda: NormClip(2.0))
    """How long a gradient may be."""
    muon_rate: float | None = None
    """Learning rate, at its highest, of Muon for the matrices of blocks; without it AdamW has all.
    Source: Jordan (2024)."""
    averaging: Averaging = field(default_factory=Exponential)
    """How fast the average of the weights forgets."""
    times: TimeDraw = field(default_factory=TimeDraw)
    """How time steps are drawn."""

    def __post_init__(self) -> None:
        if min(self.steps, self.batch_size) < 1:
            raise ValueError(f"steps and batch_size must be positive, got {self}")
        if not 0.0 <= self.cool_down <= 1.0:
            raise ValueError(f"cool_down is a share between 0 and 1, got {self.cool_down}")

    def share(self, step: int, progress: float) -> float:
        """What is left of the learning rate at ``step``, when ``progress`` of the run is over."""
        rising = min(1.0, (step + 1) / max(self.warm_up, 1))
        left = max(0.0, 1.0 - progress)
        falling = min(1.0, left / self.cool_down) if self.cool_down else 1.0
        return min(rising, falling)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long to train: a number of steps, a time, or whichever ends first."""

    steps: int | None = None
    """Steps in all, those of an earlier session included."""
    minutes: float | None = None
    """Minutes in all, those of an earlier session included."""

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise ValueError("a budget needs steps or minutes")

    def progress(self, step: int, seconds: float) -> float:
        """The share of the budget that is spent."""
        by_steps = 0.0 if self.steps is None else step / max(self.steps, 1)
        by_time = 0.0 if self.minutes is None else seconds / max(60 * self.minutes, 1e-9)
        return max(by_steps, by_time)
