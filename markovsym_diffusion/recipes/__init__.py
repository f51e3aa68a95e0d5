"""Recipes: every run that one may want to repeat, by name."""

import difflib

from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.recipes.geom import on_geom
from markovsym_diffusion.recipes.published import DATA, PUBLISHED, Published, Reported
from markovsym_diffusion.recipes.qm9 import on_qm9
from markovsym_diffusion.recipes.recipe import Recipe
from markovsym_diffusion.recipes.tiny import symdiff_qm9_small, tiny

__all__ = ["DATA", "PUBLISHED", "RECIPES", "Published", "Recipe", "Reported", "recipe"]

_FULL = [*on_qm9(), *on_geom()]

RECIPES: dict[str, Recipe] = {
    one.name: one for one in [*_FULL, *map(tiny, _FULL), symdiff_qm9_small()]
}
"""Every recipe by its name."""


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises ``InputError``, with the nearest name, if there is none."""
    if name not in RECIPES:
        near = difflib.get_close_matches(name, RECIPES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(RECIPES)}"
        raise InputError(f"no recipe is called {name!r}; {hint}")
    return RECIPES[name]
