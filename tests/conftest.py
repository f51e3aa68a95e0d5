"""Hypothesis profiles, and the one source of randomness of the statistical tests."""

import os

import pytest
import torch
from hypothesis import settings

# no deadline: the first call of torch is slow
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


@pytest.fixture(name="generator")
def _generator() -> torch.Generator:
    """A fixed seed: a statistical test that is drawn afresh is a new lottery ticket each time."""
    return torch.Generator().manual_seed(0)


@pytest.fixture(autouse=True)
def _fresh_weights() -> None:
    """Layers that a test makes without a seed get the same weights in every run."""
    torch.default_generator.manual_seed(0)
