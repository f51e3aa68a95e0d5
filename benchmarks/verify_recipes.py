"""Is every small recipe what it says it is? Each with random weights, under every check.

python -m benchmarks.verify_recipes --json > benchmarks/results/verify-recipes.json
"""

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import torch
import tyro
from rich.console import Console
from rich.table import Table

from markovsym.testing import Effort, Verdict
from markovsym_diffusion.evaluation.equivariance import shaken, verify_denoiser
from markovsym_diffusion.recipes import RECIPES, Recipe
from markovsym_diffusion.runs.folder import versions


@dataclass(frozen=True, kw_only=True)
class VerifyRecipes:
    """Check every small recipe."""

    only: str = ""
    """Recipes whose names hold this."""
    json: bool = False
    """Print JSON instead of a table."""
    seed: int = 0
    """Source of all randomness."""


def main(options: VerifyRecipes) -> None:
    """One line for each recipe."""
    torch.set_num_threads(1)
    small = [
        one for one in RECIPES.values() if one.name.endswith("-tiny") and options.only in one.name
    ]
    found = {one.name: _verified(one, options.seed) for one in small}
    if options.json:
        facts = {"seed": options.seed, "versions": versions(), "found": found}
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return
    table = Table("recipe", "wanted", "found", "failed", "controls", "CPU s", box=None)
    for name, row in found.items():
        table.add_row(name, *(str(value) for value in row.values()))
    Console(width=160).print(table)


def _verified(made: Recipe, seed: int) -> dict[str, Any]:
    start = time.process_time()
    model = shaken(made.denoiser(seed), seed=seed).eval()
    found = verify_denoiser(model, effort=Effort(seed=seed), name=made.name)
    failed = [one.check for one in found.report.outcomes if one.verdict is Verdict.FAIL]
    sys.stderr.write(f"{made.name}: {found.report.verdict.value}\n")
    return {
        "wanted": (Verdict.PASS if made.equivariant else Verdict.FAIL).value,
        "found": found.report.verdict.value,
        "failed": failed,
        "controls": {one.name: one.verdict.value for one in found.controls},
        "cpu_seconds": round(time.process_time() - start, 1),
    }


if __name__ == "__main__":
    main(tyro.cli(VerifyRecipes))
