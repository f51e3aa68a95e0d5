"""A table of what lies beyond the published scores, for sets of molecules side by side."""

from collections.abc import Iterator, Mapping

from rich.table import Table

from markovsym_diffusion.evaluation.distances import BONDS, CENTRES
from markovsym_diffusion.evaluation.quality import QUANTILES, Quality


def quality_table(
    qualities: Mapping[str, Quality], distances: Mapping[str, Mapping[str, float]]
) -> Table:
    """One column for each name.

    Args:
        qualities: Qualities of sets of molecules.
        distances: Distances of the same sets to data; those of data itself, between two parts of
            it, are the noise floor.
    """
    view = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), caption_justify="left")
    view.caption = "distances of data: between two parts of it, hence what zero looks like"
    view.add_column("beyond the published scores", no_wrap=True)
    for name in qualities:
        view.add_column(name, justify="right")
    columns = [dict(_cells(qualities[name], distances[name])) for name in qualities]
    labels = dict.fromkeys(label for column in columns for label in column)
    for label in labels:
        view.add_row(label, *(column.get(label, "") for column in columns))
    return view


def _cells(found: Quality, distances: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Label and content of each row."""
    yield "molecules", str(found.n)
    yield "bonds perceived by RDKit (%)", str(found.bonded)
    yield "all checks of PoseBusters (%)", str(found.plausible)
    for name, share in found.checks.items():
        yield f"  {name.replace('_', ' ')} (% of perceived)", f"{100 * share:.1f}"
    for name in QUANTILES:
        yield f"MMFF94 strain, {name} (kcal/mol)", _number(found.strain.get(name))
    yield "without parameters of MMFF94", str(found.without_parameters)
    yield "without bonds", str(found.without_bonds)
    yield "examination broke down", str(found.lost)
    for name, distance in distances.items():
        yield f"distance to data, {_LABELS[name]}", f"{distance:.3g}"


_LABELS = {
    **{f"{pair}_pm": f"{pair} bonds (pm)" for pair in BONDS},
    **{f"{symbol}_degrees": f"angles at {symbol} (degrees)" for symbol in CENTRES},
    "atoms": "atoms of a molecule",
    "elements": "shares of elements",
}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
