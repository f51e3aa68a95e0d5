import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError


@given(numbers=st.lists(st.sampled_from([0, 1, 6, 7, 8, 9]), min_size=1, max_size=8))
def test_decoding_undoes_encoding(numbers: list[int]) -> None:
    atoms = torch.tensor([numbers])
    features = AtomFeatures()
    assert torch.equal(features.decode(features.encode(atoms, atoms > 0), atoms > 0), atoms)


def test_charges_may_be_left_out() -> None:
    features, mask = AtomFeatures(charge_scale=None), torch.ones(1, 2, dtype=torch.bool)
    h = features.encode(torch.tensor([[6, 9]]), mask)
    torch.testing.assert_close(h[0], torch.eye(5)[[1, 4]] / 4)
    assert features.decode(h, mask).tolist() == [[6, 9]]
    sigma = torch.tensor([0.1])
    both = AtomFeatures()
    exact = both.encode(torch.tensor([[6, 9]]), mask)
    z = exact + torch.tensor([0.05, -0.08, 0.02, 0.03, 0.04, 0.0])
    charges = 2 * torch.log(torch.special.ndtr(torch.tensor(0.5)) * 2 - 1)
    wanted = both.log_prob(exact, z, mask, sigma) - charges
    torch.testing.assert_close(features.log_prob(h, z[..., :5], mask, sigma), wanted)


def test_features_are_scaled_as_published() -> None:
    h = AtomFeatures().encode(torch.tensor([[6]]), torch.tensor([[True]]))
    torch.testing.assert_close(h[0, 0], torch.tensor([0.0, 0.25, 0.0, 0.0, 0.0, 0.6]))


def test_places_without_an_atom_are_zero() -> None:
    h = AtomFeatures().encode(torch.tensor([[6, 0]]), torch.tensor([[True, False]]))
    assert h[0, 1].abs().sum() == 0


def test_the_truth_costs_nothing_at_little_noise() -> None:
    features, mask = AtomFeatures(), torch.ones(1, 3, dtype=torch.bool)
    h = features.encode(torch.tensor([[1, 6, 9]]), mask)
    assert features.log_prob(h, h, mask, torch.tensor([0.00316])).abs().item() < 1e-6


def test_the_probability_of_an_atom_is_the_mass_around_it() -> None:
    features = AtomFeatures(vocabulary=(1, 6))
    h = features.encode(torch.tensor([[6]]), torch.tensor([[True]]))
    z, sigma = h + torch.tensor([0.05, -0.08, 0.02]), 0.1
    hot = 4 * z[0, 0, :2].double().numpy()
    mass = norm.cdf((1.5 - hot) / (4 * sigma)) - norm.cdf((0.5 - hot) / (4 * sigma)) + 1e-10
    charge = 6 - 10 * z[0, 0, 2].item()
    whole = norm.cdf((charge + 0.5) / (10 * sigma)) - norm.cdf((charge - 0.5) / (10 * sigma))
    wanted = torch.tensor(mass[1] / mass.sum() * (whole + 1e-10)).log()
    got = features.log_prob(h, z, torch.tensor([[True]]), torch.tensor([sigma]))
    torch.testing.assert_close(got[0].double(), wanted, rtol=1e-4, atol=1e-5)


def test_an_unknown_element_is_named() -> None:
    with pytest.raises(InputError, match=r"wanted elements of H C N O F, got S \(atomic number 16"):
        AtomFeatures().encode(torch.tensor([[16]]), torch.tensor([[True]]))
