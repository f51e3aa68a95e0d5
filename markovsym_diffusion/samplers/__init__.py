"""Samplers, each a pure function that reads like its algorithm."""

from markovsym_diffusion.samplers.ancestral import ancestral
from markovsym_diffusion.samplers.implicit import ddim, dpm_solver, heun
from markovsym_diffusion.samplers.ode import dopri5_ode, euler_ode, heun_ode
from markovsym_diffusion.samplers.sde import euler_maruyama
from markovsym_diffusion.samplers.stochastic import sde_dpm_solver

__all__ = [
    "ancestral",
    "ddim",
    "dopri5_ode",
    "dpm_solver",
    "euler_maruyama",
    "euler_ode",
    "heun",
    "heun_ode",
    "sde_dpm_solver",
]
