"""How likely molecules are under a model: bounds, by steps or by a flow."""

from markovsym_diffusion.likelihood.bound import (
    Bound,
    Draws,
    negative_log_likelihood,
    step_divergence,
)
from markovsym_diffusion.likelihood.flow import Averaged, flow_likelihood

__all__ = [
    "Averaged",
    "Bound",
    "Draws",
    "flow_likelihood",
    "negative_log_likelihood",
    "step_divergence",
]
