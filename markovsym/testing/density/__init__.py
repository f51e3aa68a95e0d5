"""Equivariance of densities."""
