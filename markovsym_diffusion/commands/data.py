"""``data``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markovsym_diffusion.commands.console import progress, say, show, show_json
from markovsym_diffusion.datasets import build_qm9, data_set
from markovsym_diffusion.datasets.data_folder import read_facts
from markovsym_diffusion.datasets.geom import geom_path
from markovsym_diffusion.datasets.geom_build import build_geom
from markovsym_diffusion.datasets.own_files import build_from_files
from markovsym_diffusion.datasets.qm9 import cache_path
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.options import Data, GeomData, OwnData, QM9Data


def run(options: Data) -> None:
    """Build or check a data set, and say where it is and what it holds."""
    match options.source:
        case QM9Data() as source:
            facts = _qm9(source)
        case GeomData() as source:
            facts = _geom(source)
        case OwnData() as source:
            facts = _own(source)
    if options.source.json:
        show_json(facts)
    else:
        show("\n".join(f"{name:10} {_words(fact)}" for name, fact in facts.items()))


def _qm9(options: QM9Data) -> dict[str, Any]:
    if options.rebuild:
        build_qm9(report=say)
    return _facts("qm9", cache_path())


def _geom(options: GeomData) -> dict[str, Any]:
    if options.download is not None:
        _build_geom(options.download, options)
    elif options.rebuild or options.permutation:
        raise InputError("--rebuild and --permutation want a download: give --from PATH")
    return {**_facts("geom", geom_path()), **_recorded(geom_path())}


def _build_geom(download: Path, options: GeomData) -> None:
    if geom_path().exists() and not options.rebuild:
        raise InputError(f"{geom_path()} exists already; replace it with --rebuild")
    if options.permutation is None:
        say(
            "note: without --permutation no molecule is in two splits, which is not the published "
            "split; compare likelihoods with none that were published"
        )
    with progress("GEOM-Drugs") as tell:
        build_geom(download, permutation=options.permutation, seed=options.seed, tell=tell)


def _own(options: OwnData) -> dict[str, Any]:
    out = options.out or Path("runs/data") / options.folder.resolve().name
    build_from_files(options.folder, out, seed=options.seed)
    facts = {**_facts(str(out), out), **_recorded(out)}
    if "H" not in facts["vocabulary"].split():
        say(f"note: none of the {facts['molecules']} molecules has hydrogens")
    return facts


def _facts(name: str, path: Path) -> dict[str, Any]:
    data = data_set(name, report=say)
    return {
        "cache": str(path),
        "molecules": len(data),
        "atoms": sum(len(molecules.numbers) for molecules in data.splits.values()),
        **{split: len(molecules) for split, molecules in data.splits.items()},
        "vocabulary": data.features.names,
    }


def _recorded(path: Path) -> dict[str, Any]:
    recorded = read_facts(path)
    return {name: recorded[name] for name in ("split", "skipped") if name in recorded}


def _words(fact: Any) -> str:
    if isinstance(fact, Mapping):
        return ", ".join(f"{count} {what}" for what, count in fact.items()) or "nothing"
    return str(fact)
