"""Groups that are broken on purpose: the suite has to reject each, and say why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from hypothesis import given
from torch import Tensor

from markovsym.errors import NotCompactError
from markovsym.groups import GL, SO, C, CompactGroup, Direct, Element, Group, O, S, U
from markovsym.groups.group import NonCompactGroup
from markovsym.spaces import Space
from markovsym.testing.algebra.group_laws import check_group
from markovsym.testing.strategies.elements import elements

SINGLE = torch.float32


@dataclass(frozen=True)
class Broken(CompactGroup):
    """A group, but for some methods."""

    of: Group
    instead: dict[str, Callable[..., Any]] = field(hash=False)

    def __str__(self) -> str:
        return f"broken {self.of}"

    @property
    def space(self) -> Space:
        return self.of.space

    def _call(self, name: str, *args: Any, **options: Any) -> Any:
        return self.instead.get(name, getattr(self.of, name))(*args, **options)

    def identity(self, *batch: int, **options: Any) -> Element:
        return self._call("identity", *batch, **options)

    def multiply(self, g: Element, h: Element) -> Element:
        return self._call("multiply", g, h)

    def inverse(self, g: Element) -> Element:
        return self._call("inverse", g)

    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        return self._call("contains", g, tolerance=tolerance)

    def components(self, **options: Any) -> list[Element]:
        return self._call("components", **options)

    def generators(self, **options: Any) -> list[Element]:
        return self._call("generators", **options)

    def haar(self, *batch: int, **options: Any) -> Element:
        return self._call("haar", *batch, **options)

    def random(self, *batch: int, **options: Any) -> Element:
        return self._call("random" if "random" in self.instead else "haar", *batch, **options)

    def elements(self, **options: Any) -> Element:
        return self._call("elements", **options)


def qr_without_signs(
    *batch: int, generator: torch.Generator, dtype: torch.dtype = SINGLE
) -> Tensor:
    """E[Q_11] = -0.63 in O(2), and the determinant is -1 throughout."""
    return torch.linalg.qr(torch.randn(*batch, 2, 2, generator=generator, dtype=dtype))[0]


def qr_without_phases(
    *batch: int, generator: torch.Generator, dtype: torch.dtype = SINGLE
) -> Tensor:
    noise = torch.randn(*batch, 2, 2, generator=generator, dtype=dtype.to_complex())
    return torch.linalg.qr(noise)[0]


def small_turns(*batch: int, generator: torch.Generator, dtype: torch.dtype = SINGLE) -> Tensor:
    """Turns by normal angles: all rotations may come, but not equally often."""
    angle = torch.randn(batch, generator=generator, dtype=dtype)
    first, second = [angle.cos(), angle.sin()], [-angle.sin(), angle.cos()]
    return torch.stack([torch.stack(first, -1), torch.stack(second, -1)], -1)


def one_for_all(*batch: int, generator: torch.Generator, dtype: torch.dtype = SINGLE) -> Tensor:
    return SO(3).haar(generator=generator, dtype=dtype).expand(*batch, 3, 3)


def lopsided(*batch: int, generator: torch.Generator, dtype: torch.dtype = SINGLE) -> Tensor:
    """The least of two numbers of C(5)."""
    return torch.randint(5, (2, *batch), generator=generator).amin(0)


def single(*batch: int, dtype: torch.dtype = SINGLE, **options: Any) -> Tensor:
    return O(2).identity(*batch, **options)


def on_the_processor(*batch: int, dtype: torch.dtype = SINGLE, **_: Any) -> Tensor:
    return O(2).identity(*batch, dtype=dtype)


def refused(*_: int, **__: Any) -> Tensor:
    raise NotCompactError("no")


def swaps(device: torch.device | None = None, **_: Any) -> list[Tensor]:
    return [torch.tensor(row, device=device) for row in ([1, 0, 2], [0, 2, 1])]


def listing(*numbers: int) -> Callable[..., Tensor]:
    return lambda device=None: torch.tensor(numbers, device=device)


def loop(g: Tensor, h: Tensor) -> Tensor:
    """Every number undoes itself, but brackets matter."""
    table = [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]]
    return torch.tensor(table, device=g.device)[g, h]


REJECTED: dict[str, tuple[Group, dict[str, Callable[..., Any]], str]] = {
    "no inverse": (SO(2), {"inverse": lambda g: g}, r"breaks the law g\^-1 g = e at g = tensor\("),
    "inverse of one side": (
        S(4),
        {"inverse": lambda g: torch.where(g == g.argsort(-1), g, g.roll(1, -1))},
        r"broken S\(4\) ",
    ),
    "sums of matrices": (
        O(2),
        {"multiply": lambda g, h: g + h},
        r"g h is in G at g = .*, h = .*no el",
    ),
    "differences": (C(5), {"multiply": lambda g, h: (g - h) % 5}, "e g = g at g = 1: 4 is not 1"),
    "a loop": (
        C(5),
        {"multiply": loop, "inverse": lambda g: g},
        r"breaks the law \(g h\)",
    ),
    "no rotations": (
        O(2),
        {"contains": lambda g, tolerance: torch.linalg.det(g) < 0},
        "does not contain its component tensor",
    ),
    "not the identity first": (
        O(2),
        {"components": lambda **options: O(2).components(**options)[::-1]},
        r"^the first component of broken O\(2\) is tensor",
    ),
    "haar by qr": (
        O(2),
        {"haar": qr_without_signs, "random": O(2).haar},
        r"^haar of broken O\(2\) is not invariant from the (left|right): p = .*that moments are",
    ),
    "random by qr": (
        O(2),
        {"haar": qr_without_signs},
        "random of .* did not reach the component of",
    ),
    "unitary haar by qr": (
        U(2),
        {"haar": qr_without_phases},
        r"haar of broken U\(2\) is not invariant",
    ),
    "haar near the identity": (
        SO(2),
        {"haar": small_turns},
        r"haar of broken SO\(2\) is not invariant",
    ),
    "rotations for O": (O(3), {"haar": SO(3).haar}, "random of .* did not reach the component of"),
    "rotations for GL": (
        GL(3),
        {"haar": refused, "random": SO(3).haar},
        "did not reach the component of",
    ),
    "one draw for a batch": (
        SO(3),
        {"haar": one_for_all},
        "gave one element 1024 times in one batch",
    ),
    "always the identity": (
        SO(3),
        {"random": lambda *batch, generator, dtype: SO(3).identity(*batch, dtype=dtype)},
        "gave nearly the identity in 100% of 1024 draws",
    ),
    "a fresh seed": (
        C(4096),
        {"random": lambda *batch, generator, dtype: torch.randint(4096, batch)},
        "random of .* gave two results for one seed",
    ),
    "haar of unequal chances": (
        C(5),
        {"haar": lopsided},
        r"haar of broken C\(5\) is not uniform: p = ",
    ),
    "a compact group without haar": (
        SO(3),
        {"haar": refused, "random": SO(3).haar},
        r"haar of broken SO\(3\), which is compact, refuses: no",
    ),
    "elements without the identity": (
        C(3),
        {"elements": listing(1, 2)},
        "elements of .* does not begin with the identity",
    ),
    "elements twice": (
        C(3),
        {"elements": listing(0, 1, 1)},
        "elements of .* lists one twice",
    ),
    "too few elements": (
        C(4),
        {"elements": listing(0, 2)},
        "elements of .* misses one of its elements times 1",
    ),
    "too many elements": (
        C(3),
        {"elements": listing(0, 1, 2, 3)},
        "elements of .* lists one that .* does not contain",
    ),
    "involutions only": (S(3), {"generators": swaps}, r"^all generators of broken S\(3\) are inv"),
    "always single precision": (O(2), {"identity": single}, "identity|e g = g"),
    "always here": (
        O(2),
        {"identity": on_the_processor},
        "identity of .*: wanted device meta, got",
    ),
    "a batch of inverses in the wrong order": (
        SO(2),
        {"inverse": lambda g: g.mT.flip(0) if g.dim() > 2 else g.mT},
        "inverse of a batch of .*: wanted .* in entry",
    ),
    "one inverse for a batch": (
        SO(2),
        {"inverse": lambda g: g.mT if g.dim() == 2 else g.mT[0]},
        r"inverse of .*: wanted batch \(4,\) and types",
    ),
}
every_broken_group = pytest.mark.parametrize(
    ("of", "instead", "message"), REJECTED.values(), ids=list(REJECTED)
)


@every_broken_group
def test_a_broken_group_is_rejected_with_the_law_it_breaks(
    of: Group, instead: dict[str, Callable[..., Any]], message: str
) -> None:
    with pytest.raises(AssertionError, match=f"(?s){message}"):
        check_group(Broken(of, instead))


@pytest.mark.parametrize("G", [O(2), S(3), C(4096), U(2), Direct(C(2), SO(2))], ids=str)
def test_the_wrapper_alone_breaks_nothing(G: Group) -> None:
    check_group(Broken(G, {}), examples=10)


def test_the_elements_named_are_simple_ones() -> None:
    with pytest.raises(AssertionError, match=r"at g = 1: 2 is not 0\n"):
        check_group(Broken(C(5), {"inverse": lambda g: g}))


def test_a_group_that_is_not_compact_needs_no_haar_measure() -> None:
    assert isinstance(GL(2), NonCompactGroup)
    check_group(GL(2), examples=5)


@given(g=elements(SO(3)), h=elements(SO(3), dtype=torch.float32))
def test_the_strategy_gives_elements(g: Tensor, h: Tensor) -> None:
    assert SO(3).contains(g, tolerance=1e-10)
    assert (g.dtype, h.dtype) == (torch.float64, torch.float32)


def test_the_strategy_begins_with_the_identity() -> None:
    seen: list[list[float]] = []

    @given(g=elements(C(5)))
    def collect(g: Tensor) -> None:
        seen.append(g.tolist())

    collect()
    assert seen[0] == 0
    assert {*seen} == {0, 1, 2, 3, 4}
