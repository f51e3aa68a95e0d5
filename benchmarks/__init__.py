"""Measurements: each prints JSON and keeps it in ``results/`` with settings, seed and versions."""
