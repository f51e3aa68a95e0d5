"""What the papers report of their models: 10,000 samples each, mean and spread over three runs."""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Reported:
    """A figure with its spread, where one is given."""

    value: float
    spread: float | None = None

    def __str__(self) -> str:
        spread = "" if self.spread is None else f"±{self.spread:.2f}"
        return f"{self.value:.2f}{spread}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A row of a published table; what is absent was not reported.

    Source:
        SymDiff (Zhang et al., 2025), tables 1 to 8; Hoogeboom et al. (2022), tables 1 to 3.
    """

    source: str
    """Paper and table."""
    nll: Reported | None = None
    """Bound on the negative log-likelihood of the test split, in nats a molecule."""
    atoms: Reported | None = None
    """Stable atoms, in percent."""
    molecules: Reported | None = None
    """Stable molecules, in percent."""
    valid: Reported | None = None
    """Valid molecules, in percent."""
    unique: Reported | None = None
    """As printed, in percent: unique among the valid for SymDiff and DiT, of all for EDM."""
    seconds_an_epoch: float | None = None
    """On one H100."""
    seconds_a_sample: float | None = None
    """On one H100."""


def _row(
    source: str,
    nll: tuple[float, float],
    scores: tuple[tuple[float, float], ...],
    cost: tuple[float, float] | None = None,
) -> Published:
    names = ("atoms", "molecules", "valid", "unique")
    found = {name: Reported(*score) for name, score in zip(names, scores, strict=True)}
    epoch, sample = cost or (None, None)
    return Published(
        source=source,
        nll=Reported(*nll),
        seconds_an_epoch=epoch,
        seconds_a_sample=sample,
        **found,
    )


_TABLE = "Zhang et al. (2025), table {}"

PUBLISHED = {
    "symdiff-star-qm9": _row(
        _TABLE.format(1),
        (-133.79, 1.33),
        ((98.92, 0.03), (89.65, 0.10), (96.36, 0.27), (97.66, 0.22)),
        (53.40, 0.21),
    ),
    "symdiff-qm9": _row(
        _TABLE.format(1),
        (-129.35, 1.07),
        ((98.74, 0.03), (87.49, 0.23), (95.75, 0.10), (97.89, 0.26)),
        (27.20, 0.09),
    ),
    "symdiff-h-qm9": _row(
        _TABLE.format(1),
        (-126.53, 0.90),
        ((98.57, 0.07), (85.51, 0.18), (95.22, 0.18), (97.98, 0.09)),
    ),
    "dit-aug-qm9": _row(
        _TABLE.format(1),
        (-126.81, 1.69),
        ((98.64, 0.03), (85.85, 0.24), (95.10, 0.17), (97.98, 0.08)),
    ),
    "dit-qm9": _row(
        _TABLE.format(1),
        (-127.78, 2.49),
        ((98.23, 0.04), (81.03, 0.25), (94.71, 0.31), (97.98, 0.12)),
    ),
    "edm-qm9": _row(
        _TABLE.format(1),
        (-110.70, 1.50),
        ((98.70, 0.10), (82.00, 0.40), (91.90, 0.50), (90.70, 0.60)),
        (88.80, 0.27),
    ),
    "symdiff-minus-qm9": Published(
        source=_TABLE.format(3),
        nll=Reported(-125.40, 0.63),
        molecules=Reported(83.51, 0.24),
        seconds_an_epoch=24.87,
        seconds_a_sample=0.08,
    ),
    "symdiff-minus-minus-qm9": Published(
        source=_TABLE.format(3),
        nll=Reported(-110.68, 2.55),
        molecules=Reported(71.25, 0.50),
        seconds_an_epoch=20.60,
        seconds_a_sample=0.07,
    ),
    "edm-plus-qm9": Published(
        source=_TABLE.format(3),
        nll=Reported(-110.97, 1.42),
        molecules=Reported(84.63, 0.16),
        seconds_an_epoch=192.60,
        seconds_a_sample=0.46,
    ),
    "edm-plus-plus-qm9": Published(
        source=_TABLE.format(3),
        nll=Reported(-119.12, 1.41),
        molecules=Reported(85.68, 0.83),
        seconds_an_epoch=160.60,
        seconds_a_sample=0.56,
    ),
    "dit-ft-qm9": _row(
        _TABLE.format(8),
        (-111.66, 1.22),
        ((98.43, 0.03), (83.27, 0.39), (94.19, 0.16), (98.17, 0.26)),
    ),
    "dit-ft-freeze-qm9": _row(
        _TABLE.format(8),
        (-43.29, 3.73),
        ((95.68, 0.02), (55.02, 0.38), (90.48, 0.24), (99.06, 0.13)),
    ),
    "gdm-qm9": Published(
        source="Learned canonicalisation (extended abstract), QM9 table",
        nll=Reported(-105.8),
        atoms=Reported(97.5),
        molecules=Reported(70.6),
        valid=Reported(88.6),
        unique=Reported(99.8),
    ),
    "symdiff-geom": Published(
        source=_TABLE.format(4),
        nll=Reported(-301.21, 0.53),
        atoms=Reported(86.16, 0.05),
        valid=Reported(99.27, 0.10),
        seconds_an_epoch=4336.82,
        seconds_a_sample=0.39,
    ),
    "edm-geom": Published(source=_TABLE.format(4), nll=Reported(-137.1), atoms=Reported(81.3)),
}
"""By recipe. GDM with augmentation stands in no source at hand."""

OTHERS = {
    "GeoLDM": Published(
        source=_TABLE.format(1),
        atoms=Reported(98.90, 0.10),
        molecules=Reported(89.40, 0.50),
        valid=Reported(93.80, 0.40),
        unique=Reported(92.70, 0.50),
        seconds_an_epoch=210.93,
        seconds_a_sample=0.26,
    ),
    "MUDiff": _row(
        _TABLE.format(1),
        (-135.50, 2.10),
        ((98.80, 0.20), (89.90, 1.10), (95.30, 1.50), (99.10, 0.50)),
        (230.87, 0.89),
    ),
    "END": Published(
        source=_TABLE.format(1),
        atoms=Reported(98.90, 0.00),
        molecules=Reported(89.10, 0.10),
        valid=Reported(94.80, 0.10),
        unique=Reported(92.60, 0.20),
    ),
}
"""Models of others on QM9 that the paper compares with."""

OTHERS_GEOM = {
    "GeoLDM": Published(source=_TABLE.format(4), atoms=Reported(84.4), valid=Reported(99.3)),
    "END": Published(
        source=_TABLE.format(4), atoms=Reported(87.8, 0.99), valid=Reported(92.9, 0.30)
    ),
}
"""The same on GEOM-Drugs."""

DATA = {
    "qm9": Published(
        source=_TABLE.format(1),
        atoms=Reported(99.0),
        molecules=Reported(95.2),
        valid=Reported(97.8),
        unique=Reported(100.0),
    ),
    "geom": Published(source=_TABLE.format(4), atoms=Reported(86.50), valid=Reported(99.9)),
}
"""What the papers report of real molecules."""
