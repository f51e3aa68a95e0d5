"""Fixtures for the tests of the diffusion package."""

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules, gather
from markovsym_diffusion.processes import GaussianProcess
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed


@pytest.fixture(name="small_model")
def _small_model() -> Denoiser:
    return perturbed(SMALL.denoiser(CHANNELS))


@pytest.fixture(name="process", scope="session")
def _process() -> GaussianProcess:
    return GaussianProcess(Times.of(PolynomialSchedule()))


@pytest.fixture(name="features", scope="session")
def _features() -> AtomFeatures:
    return AtomFeatures()


@pytest.fixture(name="methane", scope="session")
def _methane() -> tuple[Tensor, Tensor]:
    """Positions in ångström and atomic numbers."""
    corners = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    positions = torch.cat([torch.zeros(1, 3), 1.09 / 3**0.5 * corners])
    return positions, torch.tensor([6, 1, 1, 1, 1])


@pytest.fixture(name="water", scope="session")
def _water() -> tuple[Tensor, Tensor]:
    positions = torch.tensor([[0.0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]])
    return positions, torch.tensor([8, 1, 1])


@pytest.fixture(name="molecules", scope="session")
def _molecules(methane: tuple[Tensor, Tensor], water: tuple[Tensor, Tensor]) -> Molecules:
    return gather([methane, water])
