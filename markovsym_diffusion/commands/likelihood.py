"""``likelihood``."""

import torch
from torch import Tensor

from markovsym_diffusion.commands.console import progress, show, show_json
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.datasets import qm9
from markovsym_diffusion.likelihood import negative_log_likelihood
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Likelihood
from markovsym_diffusion.processes import encode
from markovsym_diffusion.runs.trained import TrainedModel, load_model


def run(options: Likelihood) -> None:
    """Print the bound, its terms and its standard error, in nats a molecule."""
    model = load_model(options.model, device(options.device))
    data = _chosen(qm9(options.split), options.n)
    terms = _terms(model, data, options)
    total = torch.stack(list(terms.values())).sum(0)
    facts = {
        "model": options.model,
        "split": f"qm9/{options.split}",
        "n": len(data),
        "passes": options.passes,
        "seed": options.seed,
        "nll": float(total.mean()),
        # passes of one molecule are not independent draws of molecules, so they are averaged first
        "standard_error": float(total.mean(0).std() / len(data) ** 0.5),
        **{name: float(term.mean()) for name, term in terms.items()},
    }
    if options.json:
        show_json(facts)
    else:
        show("\n".join(f"{name:15} {fact}" for name, fact in facts.items()))


def _chosen(data: Molecules, n: int | None) -> Molecules:
    if n is None:
        return data
    if not 1 < n <= len(data):
        raise InputError(f"wanted --n between 2 and {len(data)}, got {n}")
    return data.take(torch.linspace(0, len(data) - 1, n).long())


def _terms(model: TrainedModel, data: Molecules, options: Likelihood) -> dict[str, Tensor]:
    """Each term of the bound, of shape (passes, molecules)."""
    where = next(model.denoiser.parameters()).device
    process = model.recipe.process().to(where)
    features = model.recipe.features
    generator = torch.Generator(where).manual_seed(options.seed)
    rows = data.sizes.argsort(stable=True).split(options.batch_size)
    found: dict[str, list[Tensor]] = {}
    with progress("likelihood") as tell:
        for number in range(options.passes * len(rows)):
            batch = data.padded(rows[number % len(rows)])
            state = encode(batch, features).to(where)
            bound = negative_log_likelihood(
                model.denoiser, process, features, state, generator=generator
            )
            atoms = -model.sizes.log_prob(batch.mask.sum(-1))
            terms = {"steps": bound.steps, "positions": bound.positions, "prior": bound.prior}
            for name, term in {**terms, "features": bound.features, "atoms": atoms}.items():
                found.setdefault(name, []).append(term.cpu())
            tell((number + 1) / (options.passes * len(rows)), "")
    return {name: torch.cat(parts).view(options.passes, -1) for name, parts in found.items()}
