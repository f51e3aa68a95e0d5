"""The laws of actions and of homomorphisms, checked on anybody's."""

from itertools import product

import torch

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.groups import Homomorphism
from markovsym.groups.product import alike
from markovsym.spaces import Free, Value, parts_of, value_of
from markovsym.testing.inputs.named import Named, named_elements, sized
from markovsym.testing.inputs.points import points
from markovsym.testing.inputs.rounding import PRECISION, same, size

STEP = 1e-5
"""Length of the differences from which a Jacobian is found."""

VOLUME = 1e-4
"""How far log |det| of such a Jacobian may be off, in nats."""


def check_action(X: GSpace, *, seed: int = 0) -> None:
    """Check that a group acts on a space as it says, at random points and elements that have names.

    e.x = x and (g h).x = g.(h.x), in double precision up to rounding that grows with the entries of
    g and h; moved points lie in the space, precisions are kept, one element moves a batch as it
    moves each point; means are moved to means where the action is affine; and volume is stretched
    as ``log_volume`` says, where it is known.

    Args:
        X: The space.
        seed: What the points and the random elements depend on.

    Raises:
        AssertionError: With the law that fails, and the elements.
    """
    rng = torch.Generator().manual_seed(seed)
    x = points(X, 4, generator=rng)
    G = sized(X.group, X.space.measure(x)[1])
    named = named_elements(G, generator=rng)
    _require(same(X.act(named[0].element, x), x, PRECISION), "e.x = x", X, named[:1])
    for g, h in product(named, repeat=2):
        both, one = X.act(G.multiply(g.element, h.element), x), X.act(h.element, x)
        slack = PRECISION * size(G, g.element, h.element) * _largest(x)
        _require(same(both, X.act(g.element, one), slack), "(g h).x = g.(h.x)", X, [g, h])
    for check in (_check_kept, _check_mean, _check_volume):
        for g in named:
            check(X, g, x)


def check_homomorphism(phi: Homomorphism, *, seed: int = 0) -> None:
    """Check that a map of groups respects products and the identity, and ends where it says.

    Args:
        phi: The homomorphism.
        seed: What the random elements depend on.

    Raises:
        AssertionError: With the law that fails, and the elements.
    """
    H, G = phi.dom, phi.cod
    named = named_elements(H, generator=torch.Generator().manual_seed(seed))
    e = alike(G.identity(dtype=torch.float64), phi(named[0].element))
    _require(same(phi(named[0].element), e, PRECISION), "phi(e) = e", phi, named[:1])
    for g, h in product(named, repeat=2):
        image = phi(H.multiply(g.element, h.element))
        wanted = G.multiply(phi(g.element), phi(h.element))
        slack = PRECISION * size(H, g.element, h.element) * _largest(wanted)
        _require(same(image, wanted, slack), "phi(g h) = phi(g) phi(h)", phi, [g, h])
    for g in named:
        inside = bool(G.contains(phi(g.element)).all())
        _require(inside, f"phi(g) is in {G}", phi, [g])


def _check_kept(X: GSpace, g: Named, x: Value) -> None:
    moved = X.act(g.element, x)
    kinds = [(part.dtype, part.shape) for part in parts_of(x)]
    _require(
        [(part.dtype, part.shape) for part in parts_of(moved)] == kinds,
        "g.x has the shape and precision of x",
        X,
        [g],
    )
    for part, factor in zip(parts_of(moved), X.space.factors, strict=True):
        if isinstance(factor.constraint, Free):
            continue
        off = float(factor.constraint.violation(part).abs().max())
        _require(off <= PRECISION * size(X.group, g.element) * _largest(x), "g.x is in X", X, [g])
    many = value_of(tuple(p.expand(4, *p.shape) for p in parts_of(g.element)))
    slack = PRECISION * size(X.group, g.element) * _largest(x)
    _require(same(X.act(many, x), moved, slack), "one g moves a batch as each point", X, [g])


def _check_mean(X: GSpace, g: Named, x: Value) -> None:
    for block, part in X.parts(x):
        reals = all(p.is_floating_point() or p.is_complex() for p in parts_of(part))
        if block.action.affine and reals:
            mean = value_of(tuple(p.mean(0, keepdim=True) for p in parts_of(part)))
            moved = block.action(g.element, part)
            wanted = value_of(tuple(p.mean(0, keepdim=True) for p in parts_of(moved)))
            slack = PRECISION * size(X.group, g.element) * _largest(x)
            law = "the mean of g.x is g. the mean of x, as the action is affine"
            _require(same(block.action(g.element, mean), wanted, slack), law, X, [g])


def _check_volume(X: GSpace, g: Named, x: Value) -> None:
    """Log |det| by differences, for spaces of real numbers that no equation binds."""
    free = all(isinstance(factor.constraint, Free) for factor in X.space.factors)
    if not free or any(not p.is_floating_point() for p in parts_of(x)):
        return
    first = value_of(tuple(p[0] for p in parts_of(x)))
    try:
        said = float(X.log_volume(g.element, first))
    except CompositionError:
        return  # cosets: no density is known
    flat = torch.cat([p.reshape(-1) for p in parts_of(first)])

    def act(v: torch.Tensor) -> torch.Tensor:
        pieces = v.split([p.numel() for p in parts_of(first)])
        shaped = (q.reshape(p.shape) for q, p in zip(pieces, parts_of(first), strict=True))
        moved = X.act(g.element, value_of(tuple(shaped)))
        return torch.cat([p.reshape(-1) for p in parts_of(moved)])

    columns = [
        (act(flat + STEP * one) - act(flat - STEP * one)) / (2 * STEP)
        for one in torch.eye(len(flat), dtype=flat.dtype)
    ]
    found = float(torch.linalg.slogdet(torch.stack(columns, dim=1)).logabsdet)
    law = f"log |det| is what log_volume says, {said:.4f} (by differences {found:.4f})"
    _require(abs(found - said) <= VOLUME * max(1.0, abs(found)), law, X, [g])


def _require(holds: bool, law: str, where: object, named: list[Named]) -> None:  # noqa: FBT001
    if not holds:
        at = " and ".join(one.name for one in named)
        raise AssertionError(f"{where} breaks the law: {law}; at {at}")


def _largest(value: Value) -> float:
    """The largest entry, or 1 if that is smaller."""
    sizes = (float(p.abs().max()) for p in parts_of(value) if p.numel() and p.dtype != torch.bool)
    return max((1.0, *sizes))
