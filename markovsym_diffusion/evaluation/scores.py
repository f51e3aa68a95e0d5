"""The scores that published evaluations report, and a table that sets them beside those of data."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, final

from rich.table import Table

from markovsym_diffusion.evaluation.bonds import QM9_RULE, BondRule
from markovsym_diffusion.evaluation.stability import Stability, stability
from markovsym_diffusion.evaluation.validity import Validity, validity
from markovsym_diffusion.molecules import InputError, Molecules


@final
@dataclass(frozen=True)
class Estimate:
    """A fraction in [0, 1]; ``error`` is its standard error, ``None`` where it is no proportion."""

    value: float
    error: float | None = None

    def __str__(self) -> str:
        """In percent."""
        error = "" if self.error is None else f"±{100 * self.error:.2f}"
        return f"{100 * self.value:.2f}{error}"


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


def table(rows: dict[str, Scores]) -> Table:
    """Scores in percent with their standard errors, one row for each name."""
    view = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    view.add_column("%")
    for heading in _HEADINGS:
        view.add_column(heading, justify="right", no_wrap=True)
    for name, scores in rows.items():
        view.add_row(name, *(str(cell) for cell in _cells(scores)))
    return view


_HEADINGS = (
    "\nn",
    "atoms\nstable",
    "molecules\nstable",
    "\nvalid",
    "valid and\nconnected",
    "unique\nof valid",
    "valid x\nunique",
)


def _cells(scores: Scores) -> Iterator[int | Estimate]:
    """In the order of the headings."""
    yield scores.n
    yield scores.atom_stability
    yield scores.molecule_stability
    yield scores.valid
    yield scores.valid_and_connected
    yield scores.unique_among_valid
    yield scores.valid_x_unique


def _scores(stable: Stability, graphs: Validity) -> Scores:
    n = stable.molecules
    valid, distinct = int(graphs.valid.sum()), len({*graphs.smiles} - {None})
    return Scores(
        n=n,
        atom_stability=_atoms(stable),
        molecule_stability=_proportion(stable.stable_molecules, n),
        valid=_proportion(valid, n),
        valid_and_connected=_proportion(int(graphs.connected.sum()), n),
        unique_among_valid=Estimate(distinct / max(valid, 1)),
        valid_x_unique=Estimate(distinct / n),
    )


def _proportion(count: int, n: int) -> Estimate:
    """A count of independent molecules, with the binomial standard error."""
    p = count / n
    return Estimate(p, (p * (1 - p) / n) ** 0.5)


def _atoms(stable: Stability) -> Estimate:
    """The ratio of two sums over molecules, with its linearised standard error.

    Source:
        Cochran (1977), section 2.11. Atoms of one molecule are not independent.
    """
    p = stable.stable_atoms / stable.atoms
    residual = stable.stable.double() - p * stable.sizes.double()
    return Estimate(p, float(residual.square().sum().sqrt()) / stable.atoms)
