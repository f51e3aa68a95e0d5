"""Text that others wrote: read with care, and quoted on one line."""

from pathlib import Path

from markovsym_diffusion.molecules import InputError

LARGEST_TEXT = 100_000_000
"""Longer text files are refused, in bytes."""


def read_text(path: Path) -> str:
    """The text of a file. Raises ``InputError`` if it is too long, or not UTF-8."""
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


def quoted(text: object) -> str:
    """The start of a foreign text, on one line whatever it holds."""
    return repr(str(text)[:70])
