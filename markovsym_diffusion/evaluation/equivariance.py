"""Equivariance in law of a denoiser, beside a control that must fail."""

from dataclasses import dataclass
from typing import Any, final

import torch
from rich.table import Table

from markovsym.groups import Direct, O, S
from markovsym.kernels import Kernel
from markovsym.testing import LawTest, equivariance_in_law, probes
from markovsym_diffusion.denoisers import Denoiser, unsymmetrised
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import GaussianProcess, encode

DRAWS = 1024
"""Draws at the molecule, and again at each of its images."""
ALPHA = 1e-9
"""Chance of rejecting a model that is equivariant."""


@final
@dataclass(frozen=True)
class EquivarianceCheck:
    """What the test says of one kernel."""

    name: str
    test: LawTest
    must_fail: bool

    @property
    def rejected(self) -> bool:
        """Whether the kernel is not equivariant."""
        return self.test.p < ALPHA

    @property
    def as_expected(self) -> bool:
        """Whether the model was not rejected, or the control was."""
        return self.rejected == self.must_fail

    def to_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        facts = {"p": self.test.p, "draws": self.test.draws, "rejected": self.rejected}
        return {"name": self.name, **facts, "must_fail": self.must_fail}


@torch.no_grad()
def check_equivariance(
    denoiser: Denoiser,
    process: GaussianProcess,
    features: AtomFeatures,
    molecules: Molecules,
    *,
    generator: torch.Generator,
) -> list[EquivarianceCheck]:
    """Test the denoiser, and its network without the symmetrisation, under S_N x O(3).

    Args:
        denoiser: A SymDiff model.
        process: Gives the noisy state of the first molecule, at half the time.
        features: How atoms become channels.
        molecules: At least one molecule.
        generator: Source of randomness; everything runs on its device.
    """
    data = encode(molecules.padded(torch.tensor([0])), features).to(generator.device)
    half = torch.full((1,), process.times.last // 2, device=generator.device)
    z = process.forward(data, half).sample(generator=generator)
    point = (z.x[0], z.h[0], half[0] / process.times.last, z.mask[0])
    group = Direct(S(len(z.mask[0])), O(3))
    elements = probes(group, generator=generator)
    kernels: list[tuple[str, Kernel, bool]] = [
        ("symmetrised", denoiser.kernel, False),
        ("its network alone", unsymmetrised(denoiser), True),
    ]
    return [
        EquivarianceCheck(
            name,
            equivariance_in_law(kernel, point, elements, generator=generator, draws=DRAWS),
            must_fail,
        )
        for name, kernel, must_fail in kernels
    ]


def equivariance_table(checks: list[EquivarianceCheck]) -> Table:
    """One row for each kernel."""
    table = Table("equivariance under S_N x O(3), in law", "p", "draws", "verdict", box=None)
    for check in checks:
        verdict = "rejected" if check.rejected else "not rejected"
        note = "as it must be" if check.as_expected else "UNEXPECTED"
        table.add_row(
            check.name, f"{check.test.p:.1e}", str(check.test.draws), f"{verdict}, {note}"
        )
    return table
