"""Equivariant diffusion models of molecules by stochastic symmetrisation."""
