"""Runs: training a recipe into a folder, trained models, and what they generate."""
