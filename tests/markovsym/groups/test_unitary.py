import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.errors import NotFiniteError, SpaceError
from markovsym.groups import U

DRAWS = 20_000


def unlike_haar(Q: Tensor) -> float:
    """Most standard errors by which a moment of the entries is not that of the Haar measure."""
    n = Q.shape[-1]
    flat = Q.flatten(1)
    first, second = flat.mean(0) * n**0.5, (flat.unsqueeze(1) * flat.unsqueeze(2)).mean(0) * n
    mixed = (flat.unsqueeze(1) * flat.conj().unsqueeze(2)).mean(0) * n - torch.eye(n * n)
    return float(torch.cat([first, second.flatten(), mixed.flatten()]).abs().max()) * DRAWS**0.5


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_moments_of_haar_are_those_of_the_invariant_law(
    n: int, generator: torch.Generator
) -> None:
    assert unlike_haar(U(n).haar(DRAWS, generator=generator)) < 5  # E|Q_ij|^2 = 1/n, E Q_ij^2 = 0


@pytest.mark.parametrize("n", [1, 2, 3])
def test_qr_without_the_phases_is_not_haar(n: int, generator: torch.Generator) -> None:
    noise = torch.randn(DRAWS, n, n, generator=generator, dtype=torch.complex64)
    assert unlike_haar(torch.linalg.qr(noise)[0]) > 20


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_phase_of_the_determinant_is_uniform(n: int, generator: torch.Generator) -> None:
    phases = torch.linalg.det(U(n).haar(DRAWS, generator=generator))
    for power in (1, 2):
        assert (phases**power).mean().abs() < 5 / DRAWS**0.5  # five standard errors


@given(n=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_lengths_are_kept(n: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g = U(n).haar(4, generator=generator, dtype=torch.float64)
    z = torch.randn(n, generator=generator, dtype=torch.complex128)
    torch.testing.assert_close((g @ z).norm(dim=-1), z.norm().expand(4))


def test_the_inverse_is_conjugated() -> None:
    phase = torch.tensor([[1j]])
    assert torch.equal(U(1).inverse(phase), torch.tensor([[-1j]]))


def test_the_precision_is_that_of_the_real_type() -> None:
    assert U(2).identity().dtype == torch.complex64
    assert U(2).identity(dtype=torch.float64).dtype == torch.complex128


def test_generators_are_turns_and_a_phase_of_one_radian() -> None:
    phase, turn = U(2).generators(dtype=torch.float64)
    torch.testing.assert_close(phase.diagonal().angle(), torch.tensor([1.0, 0.0]).double())
    torch.testing.assert_close(turn[1, 0].real, torch.tensor(math.sin(1)).double())


def test_other_matrices_are_told_or_refused() -> None:
    e = torch.eye(2, dtype=torch.complex64)
    assert U(2).contains(torch.stack([e, 1j * e, 2 * e, e + 1j])).tolist() == [
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(SpaceError, match=r"^wanted complex of shape \(\*batch, 2, 2\), got"):
        U(2).contains(torch.eye(3, dtype=torch.complex64))


def test_there_are_too_many_elements_to_list() -> None:
    with pytest.raises(NotFiniteError, match=r"^U\(2\) is infinite or too large"):
        U(2).elements()


def test_matrices_without_rows_are_refused() -> None:
    with pytest.raises(ValueError, match=r"needs n >= 1, got n = 0$"):
        U(0)
