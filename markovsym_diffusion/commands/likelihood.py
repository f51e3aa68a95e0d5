"""``likelihood``."""

import torch
from torch import Tensor

from markovsym_diffusion.commands.console import progress, show, show_json
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.datasets import data_set
from markovsym_diffusion.likelihood import Draws
from markovsym_diffusion.methods import Diffusion, Method
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Likelihood
from markovsym_diffusion.processes import encode
from markovsym_diffusion.runs.trained import TrainedModel, load_model

MOST = 1000
"""Steps of an integration that ``--times all`` stands for."""


def run(options: Likelihood) -> None:
    """Print the bound, its terms and its standard error, in nats a molecule."""
    model = load_model(options.model, device(options.device))
    draws = Draws(frames=options.draws, times=_times(model.recipe.method, options))
    data = _chosen(data_set(model.recipe.data).split(options.split), options.n)
    terms = _terms(model, data, options, draws)
    total = torch.stack(list(terms.values())).sum(0)
    facts = {
        "model": options.model,
        "split": f"{model.recipe.data}/{options.split}",
        "n": len(data),
        "draws": draws.frames,
        "times": draws.times,
        "passes": options.passes,
        "seed": options.seed,
        "nll": float(total.mean()),
        # passes of one molecule are not independent draws of molecules, so they are averaged first
        "standard_error": float(total.mean(0).std() / len(data) ** 0.5),
        **_monte_carlo_error(total),
        **{name: float(term.mean()) for name, term in terms.items()},
    }
    if options.json:
        show_json(facts)
    else:
        show("\n".join(f"{name:15} {fact}" for name, fact in facts.items()))


def _times(method: Method, options: Likelihood) -> int:
    """How many time steps are looked at for each molecule."""
    if min(options.draws, options.passes, options.batch_size) < 1:
        asked = f"{options.draws}, {options.passes} and {options.batch_size}"
        raise InputError(f"wanted positive --draws, --passes and --batch-size, got {asked}")
    last = method.schedule.steps if isinstance(method, Diffusion) else MOST
    match options.times:
        case "one":
            return 1
        case "all":
            return last
        case count if 1 <= count <= last:
            return count
        case count:
            raise InputError(f"wanted --times one, all, or a number up to {last}, got {count}")


def _monte_carlo_error(total: Tensor) -> dict[str, float]:
    """The standard error of the mean that comes of the draws alone, if there are several passes."""
    passes, n = total.shape
    if passes == 1:
        return {}
    return {"monte_carlo_error": float((total.var(0).sum() / passes).sqrt() / n)}


def _chosen(data: Molecules, n: int | None) -> Molecules:
    if n is None:
        return data
    if not 1 < n <= len(data):
        raise InputError(f"wanted --n between 2 and {len(data)}, got {n}")
    return data.take(torch.linspace(0, len(data) - 1, n).long())


def _terms(
    model: TrainedModel, data: Molecules, options: Likelihood, draws: Draws
) -> dict[str, Tensor]:
    """Each term of the bound, of shape (passes, molecules)."""
    where = next(model.denoiser.parameters()).device
    method, features = model.recipe.method, model.recipe.features
    generator = torch.Generator(where).manual_seed(options.seed)
    rows = data.sizes.argsort(stable=True).split(options.batch_size)
    found: dict[str, list[Tensor]] = {}
    with progress("likelihood") as tell:
        for number in range(options.passes * len(rows)):
            batch = data.padded(rows[number % len(rows)])
            state = encode(batch, features).to(where)
            bound = method.bound(model.denoiser, features, state, generator=generator, draws=draws)
            atoms = -model.sizes.log_prob(batch.mask.sum(-1))
            terms = {"steps": bound.steps, "positions": bound.positions, "prior": bound.prior}
            for name, term in {**terms, "features": bound.features, "atoms": atoms}.items():
                found.setdefault(name, []).append(term.cpu())
            tell((number + 1) / (options.passes * len(rows)), "")
    return {name: torch.cat(parts).view(options.passes, -1) for name, parts in found.items()}
