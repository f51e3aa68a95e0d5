"""GEOM-Drugs: conformers of drug-like molecules, hydrogens and all.

Source:
    Axelrod and Gómez-Bombarelli (2022) for the conformers; Hoogeboom et al. (2022) for the
    selection, the split and the sizes.
"""

from pathlib import Path

from markovsym_diffusion.datasets.cache import cache_folder
from markovsym_diffusion.datasets.data_folder import read_data_set
from markovsym_diffusion.datasets.dataset import DataSet
from markovsym_diffusion.datasets.sizes import SizeDistribution
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError

VOCABULARY = (1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83)
"""Atomic numbers that occur: H, B, C, N, O, F, Al, Si, P, S, Cl, As, Br, I, Hg, Bi."""

FEATURES = AtomFeatures(vocabulary=VOCABULARY, charge_scale=None)
"""The element alone, as published."""

SIZE_HISTOGRAM = {
    3: 1, 4: 3, 5: 9, 6: 2, 7: 8, 8: 23, 9: 23, 10: 50, 11: 109, 12: 168, 13: 280, 14: 402, 15:
    583, 16: 597, 17: 949, 18: 1284, 19: 1862, 20: 2674, 21: 3599, 22: 6109, 23: 8693, 24:
    13604, 25: 17419, 26: 25672, 27: 31647, 28: 43809, 29: 56697, 30: 70400, 31: 82655, 32:
    104100, 33: 122776, 34: 140834, 35: 164888, 36: 185451, 37: 194541, 38: 218549, 39: 231232,
    40: 243300, 41: 253349, 42: 268341, 43: 272081, 44: 276917, 45: 276839, 46: 274747, 47:
    272126, 48: 262709, 49: 250157, 50: 244781, 51: 228898, 52: 215338, 53: 203728, 54: 191697,
    55: 180518, 56: 163843, 57: 152055, 58: 136536, 59: 120393, 60: 107292, 61: 94635, 62:
    83179, 63: 68384, 64: 61517, 65: 48867, 66: 37685, 67: 32859, 68: 27367, 69: 20981, 70:
    18699, 71: 14791, 72: 11921, 73: 9933, 74: 9037, 75: 6538, 76: 6374, 77: 4036, 78: 4189, 79:
    3842, 80: 3277, 81: 2925, 82: 1843, 83: 2060, 84: 1394, 85: 1514, 86: 1357, 87: 1346, 88:
    999, 89: 300, 90: 390, 91: 510, 92: 510, 93: 240, 94: 721, 95: 360, 96: 360, 97: 390, 98:
    330, 99: 540, 100: 258, 101: 210, 102: 60, 103: 180, 104: 206, 105: 60, 106: 390, 107: 180,
    108: 180, 109: 150, 110: 120, 111: 360, 112: 120, 113: 210, 114: 60, 115: 30, 116: 210, 117:
    270, 118: 450, 119: 240, 120: 228, 121: 120, 122: 30, 123: 420, 124: 240, 125: 210, 126:
    158, 127: 180, 128: 60, 129: 30, 130: 120, 131: 30, 132: 120, 133: 60, 134: 240, 135: 169,
    136: 240, 137: 30, 138: 270, 139: 180, 140: 270, 141: 150, 142: 60, 143: 60, 144: 240, 145:
    180, 146: 150, 147: 150, 148: 90, 149: 90, 151: 30, 152: 60, 155: 90, 159: 30, 160: 60, 165:
    30, 171: 30, 175: 30, 176: 60, 181: 30,
}  # fmt: skip
"""How many of the published conformers have so many atoms, all splits together."""


def load_geom(cache: Path | None = None) -> DataSet:
    """GEOM-Drugs from its cache; of the atoms only what is asked for is read.

    Args:
        cache: Folder of the cache, that of the user by default.

    Raises:
        InputError: If it was never built, or is damaged.
    """
    path = geom_path(cache)
    if not path.exists():
        raise InputError(
            "GEOM-Drugs is read from a download: get drugs_crude.msgpack or rdkit_folder, then "
            "`markovsym-diffusion data geom --from PATH`"
        )
    try:
        return read_data_set(path, "geom")
    except InputError as error:
        mend = "build it anew with `markovsym-diffusion data geom --from PATH --rebuild`"
        raise InputError(f"damaged cache: {error}; {mend}") from error


def geom_path(cache: Path | None = None) -> Path:
    """The folder of the cache, in ``cache`` or else in that of the user."""
    return cache_folder(cache) / "geom"


def check_published(sizes: SizeDistribution) -> None:
    """Refuse as many conformers as were published if they have other sizes.

    Raises:
        InputError: Naming the first size at fault.
    """
    counts = dict(sizes.counts)
    total = sum(SIZE_HISTOGRAM.values())
    if sum(counts.values()) != total or counts == SIZE_HISTOGRAM:
        return
    wrong = min(n for n, _ in counts.items() ^ SIZE_HISTOGRAM.items())
    raise InputError(
        f"these are {total} conformers, as published, but {counts.get(wrong, 0)} of them have "
        f"{wrong} atoms, wanted {SIZE_HISTOGRAM.get(wrong, 0)}: the download is damaged"
    )
