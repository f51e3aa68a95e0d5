"""Molecules to and from files: XYZ and SDF for others, npz for ourselves."""

import io
import math
import os
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Shaped
from numpy import ndarray
from rdkit import Chem, rdBase

from markovsym_diffusion.evaluation.bonds import NUMBERS
from markovsym_diffusion.evaluation.validity import graphs
from markovsym_diffusion.molecules import SYMBOLS, InputError, Molecules, gather, starts

LARGEST_TEXT = 100_000_000
"""Longer text files are refused, in bytes."""

LARGEST_ARRAY = 2**31
"""Larger arrays are refused, in bytes."""

MOST_ATOMS = 10_000
"""Larger molecules are refused."""

FARTHEST = 1e6
"""Coordinates this large are refused, in ångström."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file at once: it holds the old content or the new, never half of it.

    Raises:
        InputError: If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        mend = "choose a folder that exists and may be written to"
        raise InputError(f"{path}: cannot be written ({error.strerror}): {mend}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_xyz(molecules: Molecules, path: Path) -> None:
    """Write one XYZ frame for each molecule, with positions to 1e-8 ångström."""
    symbols = [SYMBOLS[number] for number in molecules.numbers.tolist()]
    rows = zip(symbols, molecules.positions.tolist(), strict=True)
    atoms = [f"{symbol:2} {x:.8f} {y:.8f} {z:.8f}\n" for symbol, (x, y, z) in rows]
    frames: list[str] = []
    edges = molecules.offsets.tolist()
    for m, (start, end) in enumerate(pairwise(edges)):
        frames += [f"{end - start}\nmolecule {m}\n", *atoms[start:end]]
    replace_file(path, "".join(frames).encode())


def write_sdf(molecules: Molecules, path: Path) -> None:
    """Write one SDF record for each molecule, valid or not, with positions to 1e-4 ångström.

    The bonds are those of the bond rule, since the positions imply no others.
    """
    records: list[str] = []
    for m, graph in enumerate(graphs(molecules)):
        positions = molecules.one(m)[0].double().numpy()
        conformer = Chem.Conformer(len(positions))
        conformer.SetPositions(positions)
        graph.AddConformer(conformer)
        graph.SetProp("_Name", f"molecule {m}")
        records.append(Chem.MolToMolBlock(graph, includeStereo=False, kekulize=False))
    replace_file(path, "".join(f"{record}$$$$\n" for record in records).encode())


def write_npz(molecules: Molecules, path: Path) -> None:
    """Write the arrays ``positions``, ``numbers`` and ``offsets``, exactly."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        positions=molecules.positions.numpy(),
        numbers=molecules.numbers.numpy().astype(np.uint8),
        offsets=molecules.offsets.numpy(),
    )
    replace_file(path, buffer.getvalue())


def read_molecules(path: Path) -> Molecules:
    """Read molecules from a file that ends in ``.xyz``, ``.sdf`` or ``.npz``.

    Returns:
        Molecules with float32 positions, whatever the file holds.

    Raises:
        InputError: In one line, with what was wanted and what came.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        came = f"one that ends in {path.suffix}" if path.suffix else "one without an ending"
        raise InputError(f"{path}: wanted a file that ends in .xyz, .sdf or .npz, got {came}")
    try:
        return _small(reader(path)).checked()
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _small(molecules: Molecules) -> Molecules:
    most = int(molecules.sizes.max())
    if most > MOST_ATOMS:
        raise InputError(f"wanted molecules of at most {MOST_ATOMS} atoms, got one of {most}")
    return molecules


def _text(path: Path) -> str:
    size = path.stat().st_size
    if size > LARGEST_TEXT:
        wanted = f"wanted at most {LARGEST_TEXT} bytes of text, got {size}"
        raise InputError(f"{wanted}: split the file, or convert it to .npz")
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"line {line}: wanted text in UTF-8, got other bytes") from error


def _unlike(line: int, wanted: str, came: str) -> InputError:
    return InputError(f"line {line}: wanted {wanted}, got {_quoted(came)}")


def _quoted(text: object) -> str:
    """The start of a foreign text, on one line whatever it holds."""
    return repr(str(text)[:70])


def _read_xyz(path: Path) -> Molecules:
    """Frames one after the other, and nothing else but blank lines at the end."""
    lines = _text(path).rstrip(" \t\r\n").split("\n")
    sizes: list[int] = []
    atoms: list[tuple[int, list[float]]] = []
    place = 0
    while place < len(lines):
        size = _size(lines[place], place + 1)
        end = place + 2 + size
        if end > len(lines):
            wanted = f"{size} atoms, as line {place + 1} says"
            raise _unlike(len(lines), wanted, "the end of the file")
        atoms += [_atom(lines[k], k + 1) for k in range(place + 2, end)]
        sizes.append(size)
        place = end
    positions = torch.tensor([position for _, position in atoms])
    numbers = torch.tensor([number for number, _ in atoms])
    return Molecules(positions, numbers, starts(torch.tensor(sizes)))


def _size(line: str, place: int) -> int:
    text = line.strip(" \t\r")
    if re.fullmatch("[0-9]{1,9}", text) is None:
        raise _unlike(place, "the number of atoms, in 1 to 9 digits", text)
    if not 1 <= int(text) <= MOST_ATOMS:
        raise _unlike(place, f"1 to {MOST_ATOMS} atoms", text)
    return int(text)


def _atom(line: str, place: int) -> tuple[int, list[float]]:
    fields = line.split()
    if len(fields) < 4:
        raise _unlike(place, "an element and three coordinates", line.strip())
    if fields[0] not in NUMBERS:
        raise _unlike(place, "an element from H to Bi, written like Cl", fields[0])
    return NUMBERS[fields[0]], [_coordinate(field, place) for field in fields[1:4]]


def _coordinate(field: str, place: int) -> float:
    # float() alone would take 1_0, digits of other scripts and nan
    value = float(field) if _DECIMAL.fullmatch(field) else math.inf
    if abs(value) >= FARTHEST:
        raise _unlike(place, f"a finite coordinate below {FARTHEST:g}", field)
    return value


def _read_sdf(path: Path) -> Molecules:
    records = re.split(r"^\$\$\$\$.*\n?", _text(path), flags=re.MULTILINE)
    if not records[-1].strip():
        records.pop()
    if not records:
        raise InputError("wanted at least one record, got an empty file")
    with rdBase.BlockLogs():
        return gather(_record(text, number) for number, text in enumerate(records, 1))


def _record(text: str, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    molecule = Chem.MolFromMolBlock(text, *_AS_WRITTEN)
    if not molecule:
        raise InputError(
            f"record {number}: wanted a V2000 or V3000 molecule, got what RDKit refuses"
        )
    positions = molecule.GetConformer().GetPositions()
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    return torch.from_numpy(positions).float(), torch.tensor(numbers, dtype=torch.int64)


def _read_npz(path: Path) -> Molecules:
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = [_array(archive, name) for name in _layout(archive)]
        except InputError:
            raise
        except Exception as error:  # damaged bytes make the decoders raise whatever they like
            wanted = "wanted an undamaged .npz archive"
            raise InputError(f"{wanted}, got one with {_quoted(error)}") from error
    return _ragged(*arrays)


def _layout(archive: zipfile.ZipFile) -> tuple[str, str, str]:
    names = set(archive.namelist())
    for layout in _LAYOUTS:
        if names >= {f"{name}.npy" for name in layout}:
            return layout
    wanted = " or ".join(", ".join(layout) for layout in _LAYOUTS)
    raise InputError(f"wanted the arrays {wanted}, got {_quoted(', '.join(sorted(names)))}")


def _array(archive: zipfile.ZipFile, name: str) -> Shaped[ndarray, "..."]:
    """An array that is no larger than the archive says; a header can promise anything."""
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as member:
        header = _HEADERS[np.lib.format.read_magic(member)]
        shape, _, dtype = header(member)
    size = math.prod(shape) * dtype.itemsize
    if dtype.kind not in "fiu" or not size <= info.file_size <= LARGEST_ARRAY:
        came = f"{_quoted(dtype)} of shape {shape} in {info.file_size} bytes"
        raise InputError(f"{name}: wanted numbers in at most {LARGEST_ARRAY} bytes, got {came}")
    with archive.open(info) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def _ragged(
    positions: Shaped[ndarray, "..."],
    numbers: Shaped[ndarray, "..."],
    offsets: Shaped[ndarray, "..."],
) -> Molecules:
    """Molecules from arrays whose kinds and shapes fit together."""
    atoms = len(positions) if positions.ndim else 0
    for name, array, kinds, shape, wanted in (
        ("positions", positions, "f", (atoms, 3), "floats of shape (atoms, 3)"),
        (
            "numbers",
            numbers,
            "iu",
            (atoms,),
            f"integers of shape ({atoms},), one for each position",
        ),
        ("offsets", offsets, "iu", (offsets.size,), "integers in one row"),
    ):
        if array.dtype.kind not in kinds or array.shape != shape:
            raise InputError(f"{name}: wanted {wanted}, got {array.dtype} of shape {array.shape}")
    if offsets.size < 2 or offsets[0] != 0 or offsets[-1] != atoms:
        came = f"{offsets.size} of them, {offsets[:1]} to {offsets[-1:]}"
        raise InputError(f"offsets: wanted at least 2, from 0 to {atoms}, got {came}")
    with np.errstate(over="ignore"):
        return Molecules(
            torch.from_numpy(positions.astype(np.float32)),
            torch.from_numpy(numbers.astype(np.int64)),
            torch.from_numpy(offsets.astype(np.int64)),
        )


_AS_WRITTEN = (False, False)
"""Neither sanitised nor stripped of hydrogens."""

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

_LAYOUTS = (("positions", "numbers", "offsets"), ("positions", "atomic_numbers", "offsets"))

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}

_READERS: dict[str, Callable[[Path], Molecules]] = {
    ".xyz": _read_xyz,
    ".sdf": _read_sdf,
    ".npz": _read_npz,
}
