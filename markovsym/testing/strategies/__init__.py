"""Hypothesis strategies, ordered from simple to generic, and tests over examples."""
