"""``recipes``."""

from rich.table import Table

from markovsym_diffusion.commands.console import show, show_json
from markovsym_diffusion.options import Recipes
from markovsym_diffusion.recipes import RECIPES, Recipe


def run(options: Recipes) -> None:
    """List every recipe."""
    made = [make() for make in RECIPES.values()]
    if options.json:
        show_json({each.name: _facts(each) for each in made})
        return
    table = Table("recipe", "parameters", "steps", "what it is", "source", box=None)
    for each in made:
        facts = _facts(each)
        table.add_row(
            each.name, f"{facts['parameters']:,}", f"{facts['steps']:,}", each.summary, each.source
        )
    show(table)


def _facts(recipe: Recipe) -> dict[str, str | int]:
    return {
        "summary": recipe.summary,
        "source": recipe.source,
        "parameters": sum(p.numel() for p in recipe.denoiser().parameters()),
        "steps": recipe.training.steps,
        "batch_size": recipe.training.batch_size,
    }
