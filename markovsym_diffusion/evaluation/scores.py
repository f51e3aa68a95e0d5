"""The scores that published evaluations report, and a table that sets them beside those of data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, final

from rich.table import Table

from markovsym_diffusion.evaluation.bonds import QM9_RULE, BondRule
from markovsym_diffusion.evaluation.estimate import Estimate, Spread, proportion, spread
from markovsym_diffusion.evaluation.stability import Stability, stability
from markovsym_diffusion.evaluation.validity import Validity, validity
from markovsym_diffusion.molecules import InputError, Molecules


@final
@dataclass(frozen=True, kw_only=True)
class Scores:
    """How good ``n`` molecules are."""

    n: int
    """Number of molecules."""
    atom_stability: Estimate
    """Stable atoms, of all atoms. The error takes molecules, not atoms, for independent."""
    molecule_stability: Estimate
    """Molecules whose atoms are all stable, of all molecules."""
    valid: Estimate
    """Molecules that RDKit accepts, in one piece or not, of all molecules."""
    valid_and_connected: Estimate
    """Molecules that RDKit accepts and that are in one piece, of all molecules."""
    unique_among_valid: Estimate
    """Distinct SMILES, of all valid molecules; 0 if none is valid."""
    valid_x_unique: Estimate
    """Distinct SMILES, of all molecules."""

    def to_json(self) -> dict[str, Any]:
        """The same, as plain numbers in plain dictionaries."""
        return asdict(self)


def score(molecules: Molecules, rule: BondRule = QM9_RULE) -> Scores:
    """Score molecules.

    Args:
        molecules: One molecule or more.
        rule: What the published evaluation of the same data set does.

    Raises:
        InputError: If there are no molecules, or some that no score is defined for.
    """
    if len(molecules) == 0:
        raise InputError("an evaluation needs at least one molecule, got none: sample some first")
    return _scores(stability(molecules), validity(molecules, rule))


def over_runs(runs: Sequence[Scores]) -> dict[str, Spread]:
    """Mean and standard deviation of each score over runs that differ in their seed alone.

    Raises:
        InputError: If there are fewer than two runs.
    """
    if len(runs) < 2:
        raise InputError(f"a spread over runs needs at least two, got {len(runs)}")
    return {name: spread([getattr(run, name) for run in runs]) for name in _HEADINGS}


def table(
    rows: Mapping[str, Scores], means: Mapping[str, Mapping[str, Spread]] | None = None
) -> Table:
    """Scores in percent with their standard errors, one row for each name.

    Args:
        rows: Scores of each set of molecules.
        means: Means over runs, which come last, with the standard deviation over the runs.
    """
    view = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), caption_justify="left")
    view.add_column("%")
    for heading in ("\nn", *_HEADINGS.values()):
        view.add_column(heading, justify="right", no_wrap=True)
    for name, scores in rows.items():
        view.add_row(name, str(scores.n), *(str(getattr(scores, key)) for key in _HEADINGS))
    for name, mean in (means or {}).items():
        view.add_row(name, "", *(str(mean[key]) for key in _HEADINGS))
        view.caption = "± standard error; in the last row standard deviation over the runs"
    return view


_HEADINGS = {
    "atom_stability": "atoms\nstable",
    "molecule_stability": "molecules\nstable",
    "valid": "\nvalid",
    "valid_and_connected": "valid and\nconnected",
    "unique_among_valid": "unique\nof valid",
    "valid_x_unique": "valid x\nunique",
}
"""What stands above each score."""


def _scores(stable: Stability, graphs: Validity) -> Scores:
    n = stable.molecules
    valid, distinct = int(graphs.valid.sum()), len({*graphs.smiles} - {None})
    return Scores(
        n=n,
        atom_stability=_atoms(stable),
        molecule_stability=proportion(stable.stable_molecules, n),
        valid=proportion(valid, n),
        valid_and_connected=proportion(int(graphs.connected.sum()), n),
        unique_among_valid=Estimate(distinct / max(valid, 1)),
        valid_x_unique=Estimate(distinct / n),
    )


def _atoms(stable: Stability) -> Estimate:
    """The ratio of two sums over molecules, with its linearised standard error.

    Source:
        Cochran (1977), section 2.11. Atoms of one molecule are not independent.
    """
    p = stable.stable_atoms / stable.atoms
    residual = stable.stable.double() - p * stable.sizes.double()
    return Estimate(p, float(residual.square().sum().sqrt()) / stable.atoms)
