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
    for heading in ("recipe", "parameters", "steps", "NLL", "stable %"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what it is, and where it comes from")
    for each in made:
        size, steps = f"{each.parameters:,}", f"{each.training.steps:,}"
        about = f"{each.summary}; {each.source}"
        table.add_row(each.name, size, steps, *_scores(each), about)
    show(table)
    show("\nNLL (nats) and stable molecules, on GEOM-Drugs atoms, are as published.")


def _scores(recipe: Recipe) -> tuple[str, str]:
    found = recipe.published
    if found is None:
        return "", ""
    return str(found.nll or ""), str(found.molecules or found.atoms or "")


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
