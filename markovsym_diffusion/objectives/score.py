"""Score matching."""

from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor, Seeing
from markovsym_diffusion.objectives.objective import error_per_value
from markovsym_diffusion.objectives.times import TimeDraw
from markovsym_diffusion.processes import ContinuousProcess, State


@final
@dataclass(frozen=True, eq=False)
class ScoreMatching:
    """sigma^2 |R s(R^T z) - grad log q(z | data)|^2 / 2, divided by the values of each molecule.

    The score s is -eps / sigma of what the network predicts; a number for each time commutes with
    R, so that symmetrising eps is symmetrising s, and the weight sigma^2 leaves the error of eps.

    Source:
        SymDiff (Zhang et al., 2025), equation 25; Song et al. (2021), equation 7, for the weight.
    """

    process: ContinuousProcess
    times: TimeDraw

    def __call__(
        self, model: Predictor, data: State, *, generator: torch.Generator
    ) -> Float[Tensor, "molecule"]:
        """The loss of each molecule, dimensionless, with fresh times, noise and frames."""
        t = self.times.between(self.process.first, 1.0, len(data.mask), generator=generator)
        law = self.process.forward(data, t)
        eps = law.noise(generator=generator)
        guess = Seeing(model, self.process)(law.at(eps), t, generator=generator)
        return error_per_value(guess, eps)

    def evenly(self) -> "ScoreMatching":
        """The same with times drawn evenly."""
        return replace(self, times=TimeDraw())
