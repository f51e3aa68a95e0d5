import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets import Resident, resident
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, Molecules, starts
from markovsym_diffusion.processes import encode

CPU = torch.device("cpu")


def random_molecules(sizes: list[int], seed: int) -> Molecules:
    generator = torch.Generator().manual_seed(seed)
    count = sum(sizes)
    places = torch.randint(5, (count,), generator=generator)
    numbers = torch.tensor([1, 6, 7, 8, 9])[places]
    positions = 5 * torch.randn(count, 3, generator=generator)
    return Molecules(positions, numbers, starts(torch.tensor(sizes)))


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    picks=st.lists(st.integers(0, 11), min_size=1, max_size=9),
    seed=st.integers(0, 99),
)
def test_a_batch_is_that_of_the_padded_molecules(
    sizes: list[int], picks: list[int], seed: int
) -> None:
    molecules, features = random_molecules(sizes, seed), AtomFeatures()
    index = torch.tensor([pick % len(sizes) for pick in picks])
    found = Resident.of(molecules, features, CPU).batch(index)
    wanted = encode(molecules.padded(index), features)
    torch.testing.assert_close(found.x, wanted.x, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.h, wanted.h)
    assert torch.equal(found.mask, wanted.mask)


def test_it_does_not_matter_how_many_are_encoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    molecules, features = random_molecules([3, 1, 4, 1, 5], 0), AtomFeatures()
    together = Resident.of(molecules, features, CPU)
    monkeypatch.setattr(resident, "AT_ONCE", 2)
    apart = Resident.of(molecules, features, CPU)
    torch.testing.assert_close(apart.x, together.x)
    assert torch.equal(apart.h, together.h)


def test_elements_out_of_the_vocabulary_are_refused() -> None:
    with pytest.raises(InputError, match="wanted elements of H C, got"):
        Resident.of(random_molecules([9], 0), AtomFeatures(vocabulary=(1, 6)), CPU)
