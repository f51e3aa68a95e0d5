"""Which models the checks let pass: e3nn, EGNN, a transformer, SymDiff, SymDiff as released.

``python -m benchmarks.equivariance_of_models --json``
"""

import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch
import tyro
from e3nn import o3
from torch import Tensor, nn

from markovsym.actions import GSpace, affine, gspace, matrix, permutation, together
from markovsym.groups import E, O, S
from markovsym.spaces import Value
from markovsym.testing import Effort, Report, Verdict, report
from markovsym.testing.subject import Model
from markovsym_diffusion.denoisers import as_released, sharp_frame, unsymmetrised
from markovsym_diffusion.evaluation.equivariance import shaken, states
from markovsym_diffusion.recipes import recipe

POINTS = 6
MOTIONS = gspace((POINTS, 3), together(permutation(S(POINTS)), affine(E(3))))
"""Points that are moved and reordered."""
TURNS = gspace((POINTS, 3), together(permutation(S(POINTS)), matrix(O(3))))


@dataclass(frozen=True, kw_only=True)
class Options:
    """Check all models, and print a table."""

    seed: int = 0
    """Source of all randomness."""
    json: bool = False
    """Print the facts as JSON."""


@final
class Irreps(nn.Module):
    """One vector for each point by a tensor product of e3nn: sums of what neighbours look like."""

    def __init__(self) -> None:
        super().__init__()
        self.harmonics = o3.Irreps("1x0e+1x1o+1x2e")
        self.hidden = o3.Irreps("4x0e+4x1o+2x2e")
        self.first = o3.FullyConnectedTensorProduct("3x0e", self.harmonics, self.hidden)
        self.second = o3.FullyConnectedTensorProduct(self.hidden, self.hidden, "1x1o")

    def forward(self, x: Tensor) -> Tensor:
        """Vectors that turn, and change sign, with the points."""
        gaps = x.unsqueeze(-2) - x.unsqueeze(-3)
        near = (gaps.square().sum(-1, keepdim=True) + 1e-12).sqrt()
        radial = torch.cat([(-near).exp(), (-near.square()).exp(), near.sin()], -1)
        shape = o3.spherical_harmonics(self.harmonics, gaps, normalize=True)
        apart = ~torch.eye(x.shape[-2], dtype=torch.bool, device=x.device).unsqueeze(-1)
        seen = (self.first(radial, shape) * apart).sum(-2)
        return self.second(seen, seen)


@final
class EGNN(nn.Module):
    """Points moved along the lines between them, by as much as their distances say.

    Source:
        Satorras, Hoogeboom and Welling (2021), equations 3 to 6.
    """

    def __init__(self, width: int = 16, layers: int = 3) -> None:
        super().__init__()
        sizes = [2 * width + 1, width, width]
        messages = (
            nn.Sequential(nn.Linear(*sizes[:2]), nn.SiLU(), nn.Linear(*sizes[1:]))
            for _ in range(layers)
        )
        self.messages = nn.ModuleList(messages)
        self.pulls = nn.ModuleList(nn.Linear(width, 1) for _ in range(layers))
        self.width = width

    def forward(self, x: Tensor) -> Tensor:
        """The points where they come to lie."""
        h = x.new_ones(*x.shape[:-1], self.width)
        for message, pull in zip(self.messages, self.pulls, strict=True):
            gaps = x.unsqueeze(-2) - x.unsqueeze(-3)
            pairs = h.unsqueeze(-2).expand(*gaps.shape[:-1], -1)
            distance = gaps.square().sum(-1, keepdim=True)
            m = message(torch.cat([pairs, pairs.transpose(-2, -3), distance], -1)).tanh()
            x = x + (gaps * pull(m)).mean(-2)
            h = h + m.sum(-2)
        return x


def reports(seed: int) -> dict[str, tuple[Verdict, Report]]:
    """What is wanted of each model, and what was found."""
    torch.default_generator.manual_seed(seed)
    effort = Effort(seed=seed)
    symdiff = shaken(recipe("symdiff-qm9-tiny").denoiser(seed), seed=seed)
    x = states(symdiff)
    sharp = as_released(symdiff, sharp_frame(symdiff))

    def whole(model: Model, X: GSpace | None = None, x: Value | None = None) -> Report:
        return report(model, x, X=X, effort=effort)

    return {
        "e3nn, tensor products": (Verdict.PASS, whole(_in_double(Irreps), TURNS)),
        "EGNN, three layers": (Verdict.PASS, whole(EGNN(), MOTIONS)),
        "plain transformer": (Verdict.FAIL, whole(unsymmetrised(symdiff), x=x)),
        "SymDiff, R0 f(R0^T x)": (Verdict.PASS, whole(symdiff.kernel, x=x)),
        "as released, f(R0^T x) R0^T, sharp f": (Verdict.FAIL, whole(sharp, x=x)),
        "as released, random f": (Verdict.FAIL, whole(as_released(symdiff), x=x)),
    }


def _in_double(model: Callable[[], nn.Module]) -> nn.Module:
    """A model whose constants are made in double precision, and then rounded as its weights are."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return model()
    finally:
        torch.set_default_dtype(before)


def facts(wanted: Verdict, found: Report) -> dict[str, Any]:
    """What a table says of one model."""
    seconds = sum(one.seconds for one in found.outcomes)
    failed = [one.check for one in found.outcomes if one.verdict is Verdict.FAIL]
    return {"wanted": wanted.value, "verdict": found.verdict.value, "failed": failed,
            "cpu_seconds": round(seconds, 2)}  # fmt: skip


def main() -> None:
    """Check, and print."""
    options = tyro.cli(Options, description=__doc__)
    torch.set_num_threads(1)
    rows = {name: facts(*one) for name, one in reports(options.seed).items()}
    settings = {"seed": options.seed, "torch": torch.__version__, "threads": 1,
                "python": platform.python_version(), "machine": platform.machine()}  # fmt: skip
    if options.json:
        print(json.dumps({"settings": settings, "found": rows}, indent=2))
        return
    for name, row in rows.items():
        print(f"{name:40} {row['verdict']:12} (wanted {row['wanted']}) {row['cpu_seconds']:6.1f} s"
              f"  {', '.join(row['failed'])}")  # fmt: skip


if __name__ == "__main__":
    main()
