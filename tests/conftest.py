"""Hypothesis profiles, and the one source of randomness of the statistical tests."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from hypothesis import settings

from markovsym.testing.effort import making, usual

# no deadline: the first call of torch is slow
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=25, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


BASE_SEED = int(os.environ.get("BASE_SEED", "0"))
"""What the draws of all statistical tests depend on: with any other the suite must pass as well."""


@pytest.fixture(name="generator")
def _generator() -> torch.Generator:
    """A fixed seed: a statistical test that is drawn afresh is a new lottery ticket each time."""
    return torch.Generator().manual_seed(BASE_SEED)


@pytest.fixture(autouse=True)
def _usual_seed() -> Iterator[None]:
    """Tests in law that do not say otherwise share a seed, and try few elements without a name."""
    with making(replace(usual(), seed=BASE_SEED, examples=2)):
        yield


@pytest.fixture(autouse=True)
def _fresh_weights() -> None:
    """Layers that a test makes without a seed get the same weights in every run."""
    torch.default_generator.manual_seed(BASE_SEED)
