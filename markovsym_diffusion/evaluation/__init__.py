"""What samples are worth, always beside what real data is worth by the same measure."""

from markovsym_diffusion.evaluation.bonds import (
    GEOM_RULE,
    QM9_RULE,
    BondRule,
    Bonds,
    bond_orders,
    find_bonds,
)
from markovsym_diffusion.evaluation.distances import distances
from markovsym_diffusion.evaluation.scores import Estimate, Scores, score, table
from markovsym_diffusion.evaluation.stability import Stability, stability
from markovsym_diffusion.evaluation.validity import Validity, graphs, validity

__all__ = [
    "GEOM_RULE",
    "QM9_RULE",
    "BondRule",
    "Bonds",
    "Estimate",
    "Scores",
    "Stability",
    "Validity",
    "bond_orders",
    "distances",
    "find_bonds",
    "graphs",
    "score",
    "stability",
    "table",
    "validity",
]
