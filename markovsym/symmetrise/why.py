"""How it is known that a kernel is equivariant."""

from dataclasses import dataclass
from typing import final

from markovsym.groups import Group
from markovsym.syntax import Proof


@final
@dataclass(frozen=True)
class Declared:
    """Its maker says so."""

    group: Group

    def __str__(self) -> str:
        return f"declared: equivariant under {self.group}"


@final
@dataclass(frozen=True)
class Tested:
    """A test in law did not reject it.

    Args:
        group: The group.
        n: Draws on each side of the comparison, for each element.
        p: The p-value, all elements accounted for.
    """

    __test__ = False  # its name starts like that of a test class
    group: Group
    n: int
    p: float

    def __str__(self) -> str:
        return f"tested: equivariant under {self.group}, n = {self.n}, p = {self.p:.2g}"


@final
@dataclass(frozen=True)
class Proved:
    """It follows from what is known of its parts.

    Args:
        group: The group.
        proofs: One for the group, or for each factor of a product.
        because: The parts that the proofs speak of, and how those are known to be equivariant.
    """

    group: Group
    proofs: tuple[Proof, ...]
    because: tuple[tuple[str, "Why"], ...]

    @property
    def steps(self) -> int:
        """The number of steps, besides the group axioms."""
        return sum(len(proof.steps) for proof in self.proofs)

    def __str__(self) -> str:
        steps = "1 step" if self.steps == 1 else f"{self.steps} steps"
        used = sorted({str(one) for proof in self.proofs for one in proof.hypotheses})
        told = [line for name, why in self.because for line in f"{name} is {why}".splitlines()]
        head = f"proved: equivariant under {self.group}, in {steps}"
        return "\n".join([head, *(f"  {line}" for line in [*used, *told])])


@final
@dataclass(frozen=True)
class Theorem:
    """A theorem says so, whose conditions hold by construction; the tests check it.

    Args:
        group: The group.
        statement: What makes it so, in one line.
        because: The parts it speaks of, and how those are known to be equivariant.
    """

    group: Group
    statement: str
    because: tuple[tuple[str, "Why"], ...] = ()

    def __str__(self) -> str:
        told = [line for name, why in self.because for line in f"{name} is {why}".splitlines()]
        head = f"theorem: equivariant under {self.group}: {self.statement}"
        return "\n".join([head, *(f"  {line}" for line in told)])


Why = Proved | Declared | Tested | Theorem
