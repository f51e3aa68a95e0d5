"""``verify``: is a model equivariant?"""

import sys

from markovsym.files import replace_file
from markovsym.testing import Effort
from markovsym_diffusion.commands.console import say, show_json
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.evaluation.equivariance import shaken, verify_denoiser
from markovsym_diffusion.options import Verify
from markovsym_diffusion.recipes import RECIPES, recipe
from markovsym_diffusion.runs.trained import load_model


def run(options: Verify) -> int:
    """Run every check on a model, and that in law on broken copies; 1 unless all is as it must."""
    effort = Effort.asked(options.alpha, options.examples, options.pairs, options.seed)
    found = verify_denoiser(_model(options), effort=effort, name=options.model)
    if options.html:
        replace_file(options.html, found.html().encode())
    if options.json:
        show_json(found.to_json())
    else:
        sys.stdout.write(found.text() + "\n")
    return 0 if found.trusted else 1


def _model(options: Verify) -> Denoiser:
    where = device(options.device)
    if options.model in RECIPES:
        say(f"{options.model}: random weights, since fresh ones predict nothing")
        return shaken(recipe(options.model).denoiser(options.seed), seed=options.seed).to(where)
    return load_model(options.model, where).denoiser
