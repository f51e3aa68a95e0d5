"""The tables of the SymDiff paper, with what was measured here beside what is published.

    python -m benchmarks.tables --table 1

A cell is empty where nothing was published, and a row of ours is there only where its JSON is in
benchmarks/results. Small models trained for minutes are no competitors of those that took days:
they show the order of the methods at equal compute.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Literal

import tyro
from rich.console import Console
from rich.table import Table

from markovsym_diffusion.recipes import DATA, PUBLISHED, RECIPES, Published, Reported
from markovsym_diffusion.recipes.published import OTHERS, OTHERS_GEOM

RESULTS = Path("benchmarks/results")
TABLES: dict[int, tuple[str, ...]] = {
    1: ("edm-qm9", "symdiff-star-qm9", "symdiff-qm9", "symdiff-h-qm9", "dit-aug-qm9", "dit-qm9"),
    2: ("edm-qm9", "symdiff-star-qm9", "symdiff-qm9"),
    3: ("edm-plus-plus-qm9", "edm-plus-qm9", "edm-qm9", "symdiff-qm9", "symdiff-minus-qm9",
        "symdiff-minus-minus-qm9"),
    4: ("edm-geom", "symdiff-geom"),
    8: ("symdiff-qm9", "dit-ft-qm9", "dit-ft-freeze-qm9", "dit-qm9"),
}  # fmt: skip
"""Recipes of each table, in its order."""
SCORES = {
    "NLL": "nll",
    "atoms stable %": "atoms",
    "molecules stable %": "molecules",
    "valid %": "valid",
    "unique %": "unique",
}
COST = {"s an epoch": "seconds_an_epoch", "s a sample": "seconds_a_sample"}
COLUMNS = {1: SCORES, 2: COST, 3: SCORES | COST, 4: SCORES | COST, 8: SCORES}


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Print a table of the paper."""

    table: Literal[1, 2, 3, 4, 8] = 1
    """Its number there."""
    json: bool = False
    """Print JSON instead."""


def main(options: Tables) -> None:
    """Published rows, and below each what was measured here."""
    rows = list(_rows(options.table))
    columns = COLUMNS[options.table]
    if options.json:
        facts = [
            {
                "row": name,
                "parameters": size,
                **{c: str(row.get(k) or "") for c, k in columns.items()},
            }
            for name, size, row in rows
        ]
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return
    view = Table("model", "parameters", *columns, box=None, pad_edge=False)
    for name, size, row in rows:
        cells = (str(row.get(key) or "") for key in columns.values())
        view.add_row(name, f"{size:,}" if size else "", *cells)
    Console(width=140).print(view)


def _rows(table: int) -> Iterator[tuple[str, int | None, Mapping[str, Reported | float | None]]]:
    geom, cost = table == 4, table == 2
    if table in (1, 2, 4):
        others = OTHERS_GEOM if geom else OTHERS
        yield from ((f"{name}, published", None, _cells(row)) for name, row in others.items())
    for name in TABLES[table]:
        if name in PUBLISHED:
            yield f"{name}, published", RECIPES[name].parameters, _cells(PUBLISHED[name])
        for made in (name, f"{name}-tiny", f"{name}-small"):
            for title, measured in _measured(made):
                yield f"  {title}, measured", RECIPES[made].parameters, measured
    if not cost:
        yield "data, published", None, _cells(DATA["geom" if geom else "qm9"])


def _cells(row: Published) -> dict[str, Reported | float | None]:
    return {key: getattr(row, key) for key in (SCORES | COST).values()}


def _measured(name: str) -> Iterator[tuple[str, dict[str, Reported | float | None]]]:
    """Every result of a recipe, the mean and spread over its seeds where there are several."""
    path = RESULTS / "tiny-table.json"
    runs = json.loads(path.read_text())["runs"] if path.exists() else {}
    found = [run for key, run in runs.items() if key.split("/")[0] == name]
    if found:
        title = f"{name}, 10 min" + (f", {len(found)} seeds" if len(found) > 1 else "")
        yield title, _means(found)
    for path in sorted(RESULTS.glob("*min.json")):
        facts = json.loads(path.read_text())
        if facts["recipe"] == name:
            samples = max(facts["samples"], key=lambda one: one["steps"])
            run = {"samples": samples, "likelihood": facts.get("likelihood", {})}
            yield f"{name}, {facts['minutes']:g} min", _means([run])


def _means(runs: list[dict[str, Any]]) -> dict[str, Reported | float | None]:
    keys = {
        "atoms": "atom_stability",
        "molecules": "molecule_stability",
        "valid": "valid",
        "unique": "unique_among_valid",
    }
    scores = {
        ours: _over([100 * run["samples"]["scores"][theirs]["value"] for run in runs])
        for ours, theirs in keys.items()
    }
    bounds = [run["likelihood"]["nll"] for run in runs if "nll" in run["likelihood"]]
    return {"nll": _over(bounds) if bounds else None, **scores}


def _over(values: list[float]) -> Reported:
    return Reported(mean(values), stdev(values) if len(values) > 1 else None)


if __name__ == "__main__":
    main(tyro.cli(Tables))
