"""Quality beyond the published scores: bonds that RDKit finds, plausibility and strain."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any, final

import numpy as np

from markovsym_diffusion.evaluation.estimate import Estimate, proportion
from markovsym_diffusion.evaluation.examiner import Examined, examiner
from markovsym_diffusion.evaluation.worker import Lost, Worker
from markovsym_diffusion.molecules import InputError, Molecules

SECONDS = 20.0
"""Time limit of one molecule; one of QM9 takes 20 milliseconds."""

QUANTILES = {"25 %": 0.25, "median": 0.5, "95 %": 0.95}
"""The quantiles of the strain that are reported."""


@final
@dataclass(frozen=True, kw_only=True)
class Quality:
    """How good ``n`` molecules are, each in exactly one of the four counts at the end."""

    n: int
    """Number of molecules."""
    bonded: Estimate
    """Molecules whose bonds RDKit perceives from positions alone, of all molecules."""
    plausible: Estimate
    """Molecules that pass all checks of PoseBusters, of all molecules."""
    checks: dict[str, float]
    """Share that passes each check, of the molecules with bonds; empty if there are none."""
    strain: dict[str, float]
    """Quantiles of the MMFF94 strain, in kcal/mol; empty if none is known."""
    strained: int
    """Molecules whose strain is known."""
    without_parameters: int
    """Molecules with bonds for which MMFF94 has no parameters."""
    without_bonds: int
    """Molecules whose bonds RDKit does not perceive."""
    lost: int
    """Molecules at which the examination broke down or took longer than the time limit."""

    def to_json(self) -> dict[str, Any]:
        """The same, as plain numbers in plain dictionaries."""
        return asdict(self)


def quality(molecules: Molecules, tell: Callable[[float], None] = lambda share: None) -> Quality:
    """Examine molecules one by one, in a process that may hang or die without harm.

    Args:
        molecules: One molecule or more.
        tell: Told the share that is done.

    Raises:
        InputError: If there are no molecules, or ``posebusters`` is missing.
        WorkerError: If a script calls this at its top level, not below ``__name__ == "__main__"``.
    """
    need_posebusters()
    if len(molecules) == 0:
        raise InputError("an examination needs at least one molecule, got none")
    outcomes: list[Examined | Lost | None] = []
    with Worker(examiner, seconds=SECONDS) as examine:
        for m in range(len(molecules)):
            positions, numbers = molecules.one(m)
            outcomes.append(examine((numbers.numpy(), positions.double().numpy())))
            tell((m + 1) / len(molecules))
    return summary(outcomes)


def need_posebusters() -> None:
    """Refuse to go on without ``posebusters``, which is an optional package."""
    if find_spec("posebusters") is None:
        mend = "pip install 'markovsym[quality]'"
        raise InputError(f"--quality wants the package posebusters, found none: {mend}")


def summary(outcomes: Sequence[Examined | Lost | None]) -> Quality:
    """What is known of one molecule or more, taken together; ``None`` has no bonds."""
    n = len(outcomes)
    bonded = [each for each in outcomes if isinstance(each, Examined)]
    lost = sum(isinstance(each, Lost) for each in outcomes)
    names = bonded[0].checks if bonded else ()
    strains = [each.strain for each in bonded if each.strain is not None]
    quantiles = QUANTILES if strains else {}
    return Quality(
        n=n,
        bonded=proportion(len(bonded), n),
        plausible=proportion(sum(all(each.checks.values()) for each in bonded), n),
        checks={name: sum(each.checks[name] for each in bonded) / len(bonded) for name in names},
        strain={name: float(np.quantile(strains, q)) for name, q in quantiles.items()},
        strained=len(strains),
        without_parameters=len(bonded) - len(strains),
        without_bonds=n - len(bonded) - lost,
        lost=lost,
    )
