"""``evaluate``."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch

from markovsym_diffusion.commands.console import progress, show, show_json
from markovsym_diffusion.datasets import data_set
from markovsym_diffusion.evaluation.bonds import GEOM_RULE, QM9_RULE
from markovsym_diffusion.evaluation.distances import distances, halves
from markovsym_diffusion.evaluation.quality import Quality, need_posebusters, quality
from markovsym_diffusion.evaluation.quality_table import quality_table
from markovsym_diffusion.evaluation.scores import over_runs, score, table
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Evaluate
from markovsym_diffusion.report import read_molecules

MOST = 20_000
"""A larger split that stands beside is thinned to so many molecules."""


def run(options: Evaluate) -> None:
    """Score the molecules, and the real ones beside them."""
    _check(options)
    real = f"data:{options.data}"
    sets = {name: molecules_of(name) for name in options.samples}
    if real not in sets:
        sets[real] = thinned(molecules_of(real), MOST)
    rule = GEOM_RULE if options.data.startswith("geom/") else QM9_RULE
    rows = {name: score(molecules, rule) for name, molecules in sets.items()}
    runs = [scores for name, scores in rows.items() if name != real]
    means = {f"mean of {len(runs)} runs": over_runs(runs)} if len(runs) > 1 else {}
    facts = {name: scores.to_json() for name, scores in rows.items()}
    facts |= {
        name: {score: asdict(spread) for score, spread in mean.items()}
        for name, mean in means.items()
    }
    tables = [table(rows, means)]
    if options.quality:
        qualities, apart = _beyond(sets, real, options.at_most)
        tables.append(quality_table(qualities, apart))
        for name, found in qualities.items():
            facts[name] |= {"quality": found.to_json(), "distances": apart[name]}
    if options.json:
        show_json(facts)
        return
    for view in tables:
        show(view)


def molecules_of(where: str) -> Molecules:
    """The molecules of a file, of a folder of samples, or of a split such as ``data:qm9/test``."""
    if where.startswith("data:"):
        name, _, split = where.removeprefix("data:").rpartition("/")
        if not name:
            raise InputError(f"wanted a data set and a split, as in data:qm9/test, got {where}")
        return data_set(name).split(split)
    path = Path(where)
    return read_molecules(path / "samples.npz" if path.is_dir() else path)


def thinned(molecules: Molecules, most: int) -> Molecules:
    """At most so many of the molecules, evenly spaced."""
    if len(molecules) <= most:
        return molecules
    return molecules.take(torch.linspace(0, len(molecules) - 1, most).long())


def _check(options: Evaluate) -> None:
    """Refuse what makes no sense, before anything is read or computed."""
    if not options.samples:
        raise InputError("wanted at least one set of samples, got none")
    if len({*options.samples}) < len(options.samples):
        raise InputError("wanted samples of different runs, got one of them twice")
    if options.at_most < 1:
        raise InputError(f"wanted a positive --at-most, got {options.at_most}")
    if options.quality:
        need_posebusters()


def _beyond(
    sets: Mapping[str, Molecules], real: str, most: int
) -> tuple[dict[str, Quality], dict[str, dict[str, float]]]:
    """Quality of each set, and its distances to data; those of data are the noise floor."""
    smallest = min(len(molecules) for molecules in sets.values())
    data, other = halves(sets[real], smallest, generator=torch.Generator().manual_seed(0))
    qualities: dict[str, Quality] = {}
    apart: dict[str, dict[str, float]] = {}
    for name, molecules in sets.items():
        apart[name] = distances(other if name == real else molecules, data)
        with progress(f"examining {name}") as tell:
            qualities[name] = quality(thinned(molecules, most), lambda share, t=tell: t(share, ""))
    return qualities, apart
