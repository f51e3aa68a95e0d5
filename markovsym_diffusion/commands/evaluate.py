"""``evaluate``."""

from pathlib import Path

from markovsym_diffusion.commands.console import show, show_json
from markovsym_diffusion.datasets import qm9
from markovsym_diffusion.evaluation.scores import score, table
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Evaluate
from markovsym_diffusion.report import read_molecules


def run(options: Evaluate) -> None:
    """Score the molecules, and the real ones beside them."""
    samples = molecules_of(options.samples)
    rows = {options.samples: score(samples)}
    if options.samples != f"data:{options.data}":
        rows[f"data:{options.data}"] = score(molecules_of(f"data:{options.data}"))
    if options.json:
        show_json({name: scores.to_json() for name, scores in rows.items()})
    else:
        show(table(rows))


def molecules_of(where: str) -> Molecules:
    """The molecules of a file, of a folder of samples, or of a split such as ``data:qm9/test``."""
    if where.startswith("data:"):
        source, _, split = where.removeprefix("data:").partition("/")
        if source != "qm9":
            raise InputError(f"wanted a data set such as data:qm9/test, got {where}")
        return qm9(split)
    path = Path(where)
    return read_molecules(path / "samples.npz" if path.is_dir() else path)
