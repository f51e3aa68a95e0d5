"""The times of a trajectory, and the steps between them."""

from dataclasses import dataclass
from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.processes import GaussianProcess, State, blend


@final
@dataclass(frozen=True, eq=False)
class Levels:
    """The times of a trajectory, from noise to data, and alpha and sigma there, by molecule."""

    t: Float[Tensor, "steps_and_one molecule"]
    alpha: Float[Tensor, "steps_and_one molecule"]
    sigma: Float[Tensor, "steps_and_one molecule"]

    @classmethod
    def of(
        cls, process: GaussianProcess, grid: Int[Tensor, "steps_and_one"], like: State
    ) -> "Levels":
        """The levels of a discrete process at the times of ``grid``."""
        times, count = process.times, len(like.mask)
        t, alpha, sigma = grid / times.last, times.alpha[grid], times.sigma[grid]
        return cls(*(part.unsqueeze(-1).expand(-1, count) for part in (t, alpha, sigma)))

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.t) - 1

    def moved(self, i: int, z: State, eps: State) -> State:
        """From level ``i`` to the next, where ``eps`` is the noise on the whole way."""
        ratio = self.alpha[i + 1] / self.alpha[i]
        return blend((ratio, z), (self.sigma[i + 1] - ratio * self.sigma[i], eps))

    def data(self, i: int, z: State, eps: State) -> State:
        """The molecule that is believed to be in ``z`` at level ``i``."""
        return blend((1 / self.alpha[i], z), (-self.sigma[i] / self.alpha[i], eps))

    def noise(self, i: int, z: State, data: State) -> State:
        """The noise in ``z`` at level ``i``, where ``data`` is the molecule in it."""
        return blend((1 / self.sigma[i], z), (-self.alpha[i] / self.sigma[i], data))

    def towards(self, i: int, z: State, data: State) -> State:
        """From level ``i`` to the next, where ``data`` is the molecule on the whole way."""
        ratio = self.sigma[i + 1] / self.sigma[i]
        return blend((ratio, z), (self.alpha[i + 1] - ratio * self.alpha[i], data))

    def ahead(self, i: int, data: State, before: State) -> State:
        """The molecule half a step ahead, from this level and the one before, in log-SNR."""
        depth = (self.alpha / self.sigma).log()
        share = 0.5 * (depth[i + 1] - depth[i]) / (depth[i] - depth[i - 1])
        return blend((1 + share, data), (-share, before))
