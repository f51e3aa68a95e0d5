"""What a group promises of batches, precision and devices."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product

import torch

from markovsym.errors import NotCompactError, NotFiniteError, SpaceError
from markovsym.groups.enumeration import each
from markovsym.groups.group import Element, Group
from markovsym.spaces import parts_of
from markovsym.testing.inputs.rounding import PRECISION, same, size
from markovsym.testing.seeds import derived

BATCHES = ((), (4,), (2, 3))


def check_batches(G: Group) -> None:
    """Check that elements have the batch shape, precision and device that were asked for.

    Raises:
        AssertionError: With the method and what it returned.
    """
    for dtype in (torch.float32, torch.float64):
        _check_precision(G, dtype)
    for device in (torch.device("cpu"), torch.device("meta")):
        _check_device(G, device)
    if G.space.factors:
        _check_broadcasting(G)


def _check_precision(G: Group, dtype: torch.dtype) -> None:
    """What is made in a precision, or from elements of it, has it; draws are elements."""
    generator = derived(str(G), str(dtype))
    for batch in BATCHES:
        e = G.identity(*batch, dtype=dtype)
        g = G.random(*batch, generator=generator, dtype=dtype)
        made = {"identity": e, "random": g, "multiply": G.multiply(g, e), "inverse": G.inverse(g)}
        with suppress(NotCompactError):
            made["haar"] = G.haar(*batch, generator=generator, dtype=dtype)
        for method, value in made.items():
            _check_kind(G, method, value, batch, dtype)
        if not G.contains(g).all():
            raise AssertionError(f"random of {G} in {dtype} gave {g}, which is no element")
    for g in G.components(dtype=dtype):
        _check_kind(G, "components", g, (), dtype)
    for g in G.generators(dtype=dtype):
        _check_kind(G, "generators", g, (), dtype)


def _check_kind(
    G: Group, method: str, value: Element, batch: tuple[int, ...], dtype: torch.dtype
) -> None:
    types = [factor.kind.dtype(dtype) for factor in G.space.factors]
    wanted = f"{method} of {G}: wanted batch {batch if types else ()} and types {types}"
    try:
        found, _ = G.space.measure(value)
    except SpaceError as error:
        raise AssertionError(f"{wanted}; {error}") from error
    got = [part.dtype for part in parts_of(value)]
    if (types and found != batch) or got != types:
        raise AssertionError(f"{wanted}; got batch {found} and types {got}")


def _check_device(G: Group, device: torch.device) -> None:
    """What is made on a device lies there; on ``meta`` there are shapes and no numbers."""
    made = {
        "identity": [G.identity(2, device=device)],
        "components": G.components(device=device),
        "generators": G.generators(device=device),
    }
    with suppress(NotFiniteError):
        made["elements"] = [G.elements(device=device)]
    for method, values in made.items():
        found = {part.device for value in values for part in parts_of(value)} - {device}
        if found:
            raise AssertionError(f"{method} of {G}: wanted device {device}, got {found}")


def _check_broadcasting(G: Group) -> None:
    """A batch is its entries: one element against a batch is the element against each entry."""
    generator = derived(str(G), "broadcasting")
    g = G.random(generator=generator, dtype=torch.float64)
    many = G.random(2, 3, generator=generator, dtype=torch.float64)
    batches: dict[str, tuple[Element, Callable[[Element], Element]]] = {
        "multiply of one and a batch": (G.multiply(g, many), lambda h: G.multiply(g, h)),
        "multiply of a batch and one": (G.multiply(many, g), lambda h: G.multiply(h, g)),
        "inverse of a batch": (G.inverse(many), G.inverse),
    }
    error = PRECISION * size(G, g, many)
    for i, j in product(range(2), range(3)):
        h = each(lambda part, i=i, j=j: part[i, j], many)
        for what, (batch, one) in batches.items():
            entry = each(lambda part, i=i, j=j: part[i, j], batch)
            if not same(entry, one(h), error):
                raise AssertionError(
                    f"{what} of {G}: wanted {one(h)} in entry {(i, j)}, got {entry}"
                )
