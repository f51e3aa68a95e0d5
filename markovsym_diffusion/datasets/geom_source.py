"""What GEOM is downloaded as: a stream of msgpack, or a folder of pickles; one molecule a time.

Source:
    Axelrod and Gómez-Bombarelli (2022), Scientific Data 9, 185, doi 10.1038/s41597-022-01288-4.
"""

import importlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from markovsym_diffusion.datasets.safe_pickle import load_pickle
from markovsym_diffusion.molecules import InputError

SUMMARY = "summary_drugs.json"
"""The file that says where the pickle of each molecule lies."""

Record = tuple[float, Any]
"""The share of the source that is read, and what it says of one molecule."""


def records(source: Path, skipped: Counter[str]) -> Iterator[Record]:
    """The molecules of a download, in its order, a few at a time.

    Args:
        source: ``drugs_crude.msgpack``, or the folder that holds ``summary_drugs.json``.
        skipped: Counts what is left out.

    Raises:
        InputError: If it is neither, or damaged.
    """
    if source.is_file():
        return _packed(source)
    if (source / SUMMARY).is_file():
        return _pickled(source, skipped)
    raise InputError(f"{source}: wanted the file drugs_crude.msgpack, or a folder with {SUMMARY}")


def _packed(source: Path) -> Iterator[Record]:
    """Each object of the stream is a dictionary of some thousand molecules."""
    try:
        msgpack = importlib.import_module("msgpack")
    except ModuleNotFoundError as error:
        mend = "pip install 'markovsym[geom]'"
        raise InputError(f"{source} is read by the package msgpack: {mend}") from error
    length, end = source.stat().st_size, 0
    with source.open("rb") as file:
        stream = msgpack.Unpacker(file, use_list=False)  # lists take three times as long
        try:
            for part in stream:
                end = stream.tell()
                yield from ((end / length, record) for record in _molecules(part))
                del part  # the next one is as large
        except (OSError, ValueError, msgpack.UnpackException) as error:
            raise InputError(f"{source} is damaged, or no msgpack: {error}") from error
    if end != length:  # the stream ends without a word where a dictionary is cut short
        raise InputError(f"{source} is cut short: download it again")


def _molecules(part: Any) -> Collection[Any]:
    if not isinstance(part, Mapping):
        raise InputError(f"wanted dictionaries of molecules, got {type(part).__name__}")
    return part.values()


def _pickled(source: Path, skipped: Counter[str]) -> Iterator[Record]:
    """One pickle for each molecule, where the summary says: its name follows from no rule."""
    try:
        entries = _molecules(json.loads((source / SUMMARY).read_text()))
    except (OSError, ValueError) as error:
        raise InputError(f"{source / SUMMARY} is damaged: {error}") from error
    for place, entry in enumerate(entries, 1):
        path = source / (entry.get("pickle_path") or "")
        if path.is_file():
            yield place / len(entries), load_pickle(path)
        else:
            skipped["molecules without a pickle"] += 1
