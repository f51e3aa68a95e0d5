"""Types of wires."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from string import ascii_letters
from typing import final


@final
@dataclass(frozen=True)
class Ob:
    """What one wire carries: a name and, if it is there already, the thing itself.

    Args:
        name: What is written on the wire.
        of: The space, or the space with its action, that the wire stands for. It counts in
            equality, so one space under two actions gives two objects.
    """

    name: str
    of: Hashable = None

    @property
    def stem(self) -> str:
        """The letters that its name starts with, in lower case: what to call a variable."""
        return self.name[: len(self.name) - len(self.name.lstrip(ascii_letters))].lower()

    def __hash__(self) -> int:
        return hash(self.name)  # what it is of may be large, and is looked at only if names agree

    def __str__(self) -> str:
        return self.name


@final
@dataclass(frozen=True, init=False)
class Ty:
    """A row of wires; the empty row is the unit.

    Example:
        >>> X, Y = Ty("X"), Ty("Y")
        >>> print(X @ Y, Ty(), X @ Y == Ty("X", "Y"))
        X @ Y I True
    """

    obs: tuple[Ob, ...]

    def __init__(self, *obs: Ob | str) -> None:
        made = tuple(Ob(ob) if isinstance(ob, str) else ob for ob in obs)
        object.__setattr__(self, "obs", made)

    def __matmul__(self, other: "Ty") -> "Ty":
        return Ty(*self.obs, *other.obs)

    def __len__(self) -> int:
        return len(self.obs)

    def __iter__(self) -> Iterator[Ob]:
        return iter(self.obs)

    def __getitem__(self, wires: slice) -> "Ty":
        return Ty(*self.obs[wires])

    def __str__(self) -> str:
        return " @ ".join(map(str, self.obs)) or "I"
