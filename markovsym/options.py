"""What each command takes; tyro makes flags and help of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import final

import tyro


@final
@dataclass(frozen=True, kw_only=True)
class Verify:
    """Check that a model is equivariant, beside a broken copy of it that must fail."""

    model: tyro.conf.Positional[str]
    """MODULE:OBJECT or FILE.py:OBJECT. A kernel, a torch module, a class of one, or a function."""
    group: str | None = None
    """The group, such as "O(3)" or "S(20) x O(3)"; a kernel brings its own."""
    dom: tuple[str, ...] = ()
    """Shape of each input, as 20,3 or point,3; with :still, nothing moves it. Default: points."""
    cod: tuple[str, ...] = ()
    """Shape of each output; by default those of the inputs."""
    alpha: float = 1e-9
    """Chance of rejecting a model that is equivariant."""
    examples: int = 8
    """Random group elements of the test in law, beside those that have names."""
    pairs: int = 1024
    """Pairs of draws at each of them."""
    seed: int = 0
    """Source of all randomness."""
    json: bool = False
    """Print the report as JSON."""
    html: Path | None = None
    """File to write the report to, as a page."""
