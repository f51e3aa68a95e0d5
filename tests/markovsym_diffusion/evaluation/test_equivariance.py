import torch

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.evaluation.equivariance import check_equivariance, equivariance_table
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import GaussianProcess


def test_the_model_passes_and_its_network_alone_fails(
    small_model: Denoiser,
    process: GaussianProcess,
    features: AtomFeatures,
    molecules: Molecules,
    generator: torch.Generator,
) -> None:
    checks = check_equivariance(small_model, process, features, molecules, generator=generator)
    assert [check.rejected for check in checks] == [False, True]
    assert all(check.as_expected for check in checks)
    assert [check.to_json()["must_fail"] for check in checks] == [False, True]
    verdicts = list(equivariance_table(checks).columns[3].cells)
    assert verdicts == ["not rejected, as it must be", "rejected, as it must be"]
