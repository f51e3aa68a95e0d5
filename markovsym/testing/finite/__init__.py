"""Equivariance of stochastic matrices, exactly."""
