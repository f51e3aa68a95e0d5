"""Kernels that know their density."""

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor

from markovsym.kernels.kernel import Kernel
from markovsym.spaces import Value


class DensityKernel(Kernel):
    """A kernel whose law at each point has a density against Lebesgue measure of its support."""

    @abstractmethod
    def log_prob(self, y: Value, x: Value) -> Float[Tensor, "*batch"]:
        """Log density at ``y`` of the law at ``x``, in nats."""
