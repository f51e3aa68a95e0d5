import pytest
import torch

from markovsym_diffusion.objectives.objective import error_per_value
from markovsym_diffusion.processes import State
from tests.markovsym_diffusion.exact import nothing
from tests.markovsym_diffusion.small import random_state


def test_errors_are_shared_among_the_atoms_that_exist(generator: torch.Generator) -> None:
    """Half of 4 for each of 3 coordinates and of 9 for each of 6 features, at every atom."""
    z = random_state([3, 5], generator)
    real = z.mask.unsqueeze(-1)
    off = State(z.x + 2 * real, z.h - 3 * real, z.mask)
    wanted = 0.5 * (3 * 4 + 6 * 9) / 9
    assert error_per_value(z, off).tolist() == pytest.approx([wanted, wanted])
    assert error_per_value(off, z).tolist() == pytest.approx([wanted, wanted])


def test_what_is_right_costs_nothing(generator: torch.Generator) -> None:
    z = random_state([3, 5], generator)
    assert error_per_value(z, z).tolist() == [0.0, 0.0]
    assert (error_per_value(nothing(z, torch.zeros(2), generator=generator), z) > 0).all()
