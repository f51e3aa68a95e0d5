"""Flow matching."""

from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor, Seeing
from markovsym_diffusion.objectives.coupling import Coupling
from markovsym_diffusion.objectives.objective import error_per_value
from markovsym_diffusion.objectives.times import TimeDraw
from markovsym_diffusion.processes import ContinuousProcess, State


@final
@dataclass(frozen=True, eq=False)
class FlowMatching:
    """|R v(R^T z) - u(z | data, noise)|^2 / 2, divided by the number of values of each molecule.

    Source:
        SymDiff (Zhang et al., 2025), equation 32; Lipman et al. (2023), equation 9.
    """

    process: ContinuousProcess
    times: TimeDraw
    coupling: Coupling

    def __call__(
        self, model: Predictor, data: State, *, generator: torch.Generator
    ) -> Float[Tensor, "molecule"]:
        """The loss of each molecule, dimensionless, with fresh times, noise and frames."""
        t = self.times.between(self.process.first, 1.0, len(data.mask), generator=generator)
        law = self.process.forward(data, t)
        eps = self.coupling(data, law.noise(generator=generator))
        guess = Seeing(model, self.process)(law.at(eps), t, generator=generator)
        return error_per_value(guess, self.process.target(data, eps, t))

    def evenly(self) -> "FlowMatching":
        """The same with times drawn evenly."""
        return replace(self, times=TimeDraw())
