"""What a method is: how molecules are noised, what is learnt of it, and how it is undone."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, final

import torch

from markovsym_diffusion.denoisers import Held, Predictor
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Bound, Draws
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.objectives import Objective, TimeDraw
from markovsym_diffusion.processes import State

Frames = Literal["fresh", "held"]
"""Whether R0 and eta are drawn at every call of the model, or once for a trajectory."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A sampler of a method.

    Args:
        run: From a model, a state to be like and a source, on one device, and a number of steps, to
            a trajectory.
        steps: How many steps it takes unless told otherwise; None if it chooses them itself.
        most: The largest number of steps.
        frames: Whether the frames of the model are fresh or held unless told otherwise.
    """

    run: Callable[[Predictor, State, torch.Generator, int], Iterator[State]]
    steps: int | None
    most: int = 100_000
    frames: Frames = "fresh"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What is asked for of a sampler; None takes what the method or the sampler says."""

    sampler: str | None = None
    steps: int | None = None
    frames: Frames | None = None


class Method(ABC):
    """How molecules are noised, what is learnt of it, and how it is undone."""

    @abstractmethod
    def objective(self, features: AtomFeatures, times: TimeDraw, device: torch.device) -> Objective:
        """What training minimises, on ``device``."""

    @property
    @abstractmethod
    def samplers(self) -> Mapping[str, Sampler]:
        """The samplers by name; the first is taken unless told otherwise."""

    @abstractmethod
    def bound(
        self, model: Predictor, features: AtomFeatures, data: State, *,
        generator: torch.Generator, draws: Draws,
    ) -> Bound:  # fmt: skip
        """A bound on -log p of each molecule, on the device of ``data``."""

    @final
    def trajectory(
        self, model: Predictor, like: State, *, generator: torch.Generator, asked: Sampling
    ) -> Iterator[State]:
        """The states of one trajectory for each molecule; the last are molecules.

        Raises:
            InputError: If there is no such sampler, or it cannot take so many steps.
        """
        sampler, steps, frames = self.chosen(asked)
        if frames == "held":
            seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
            model = Held(model, seed)
        return sampler.run(model, like, generator, steps or 1)  # one that chooses looks at none

    @final
    def chosen(self, asked: Sampling) -> tuple[Sampler, int | None, Frames]:
        """The sampler that is asked for, its steps and its frames; errors as ``trajectory``."""
        name = asked.sampler or next(iter(self.samplers))
        if name not in self.samplers:
            raise InputError(f"wanted a sampler among {', '.join(self.samplers)}, got {name}")
        sampler = self.samplers[name]
        if sampler.steps is None and (asked.steps is not None or asked.frames == "fresh"):
            raise InputError(
                f"{name} chooses its steps itself, for frames that are held; leave --steps and "
                "--frames out"
            )
        if asked.steps is None:
            return sampler, sampler.steps, asked.frames or sampler.frames
        if not 1 <= asked.steps <= sampler.most:
            raise InputError(f"wanted --steps between 1 and {sampler.most}, got {asked.steps}")
        return sampler, asked.steps, asked.frames or sampler.frames
