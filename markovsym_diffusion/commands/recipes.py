"""``recipes``."""

import dataclasses
from typing import Any

from rich.table import Table

from markovsym_diffusion.commands.console import show, show_json
from markovsym_diffusion.options import Recipes
from markovsym_diffusion.recipes import RECIPES, Recipe


def run(options: Recipes) -> None:
    """List every recipe."""
    made = list(RECIPES.values())
    if options.json:
        show_json({each.name: _facts(each) for each in made})
        return
    table = Table(pad_edge=False, box=None)
    table.add_column("recipe", no_wrap=True)
    for heading in ("parameters", "steps", "what it is", "published", "source"):
        table.add_column(heading)
    for each in made:
        facts = _facts(each)
        size, steps = f"{facts['parameters']:,}", f"{facts['steps']:,}"
        table.add_row(each.name, size, steps, each.summary, _score(each), each.source)
    show(table)
    show("\npublished: bound on -log p in nats; stable molecules (on GEOM-Drugs atoms) in %")


def _score(recipe: Recipe) -> str:
    found = recipe.published
    if found is None:
        return ""
    stable = found.molecules or found.atoms
    return "; ".join(str(one) for one in (found.nll, stable) if one is not None)


def _facts(recipe: Recipe) -> dict[str, Any]:
    return {
        "summary": recipe.summary,
        "source": recipe.source,
        "data": recipe.data,
        "parameters": recipe.parameters,
        "steps": recipe.training.steps,
        "batch_size": recipe.training.batch_size,
        "equivariant": recipe.equivariant,
        "published": recipe.published and dataclasses.asdict(recipe.published),
    }
