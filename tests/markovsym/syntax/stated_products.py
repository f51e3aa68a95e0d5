"""Statements on semidirect and direct products of groups: theory of this project, Def 8, T7, T8."""

from collections.abc import Iterator
from typing import Any

from markovsym.syntax import Compatible, Semidirect, Ty
from markovsym.syntax.procedures import Symmetry, discarding, equivariance, recursive, sym
from markovsym.syntax.theory import Hypothesis
from tests.markovsym.syntax.stated import (
    HAAR,
    PHI,
    SPACES,
    G,
    H,
    N,
    Statement,
    X,
    Y,
    acts,
    elementwise,
    invariant,
    k,
    over,
    stated,
    stochastic,
)

IN_H, IN_N = (Symmetry(group, frozenset(SPACES)) for group in (H, N))
SEMIDIRECT, DIRECT = Semidirect(N, H), Semidirect(N, H, twisted=False)
ON = acts(N, H)
element, shift = stochastic("gamma", Ty(X), H.type), stochastic("gamma", Ty(X), N.type)


def automorphisms() -> Iterator[Statement]:
    """Rho is an action by automorphisms."""
    rho, A, B = SEMIDIRECT.rho, H.type, N.type
    for name, dom, lhs, rhs in (
        ("rho(e, n) = n", B, lambda n: rho(H.unit(), n), lambda n: n),
        ("rho(h, e) = e", A, lambda h: rho(h, N.unit()), lambda h: N.unit()),
        (
            "rho(ab, n) = rho(a, rho(b, n))",
            A @ A @ B,
            lambda a, b, n: rho(H.multiply(a, b), n),
            lambda a, b, n: rho(a, rho(b, n)),
        ),
        (
            "rho(h, mn) = rho(h, m) rho(h, n)",
            A @ B @ B,
            lambda h, m, n: rho(h, N.multiply(m, n)),
            lambda h, m, n: N.multiply(rho(h, m), rho(h, n)),
        ),
        (
            "rho(h, n^-1) = rho(h, n)^-1",
            A @ B,
            lambda h, n: rho(h, N.inverse(n)),
            lambda h, n: N.inverse(rho(h, n)),
        ),
    ):
        yield stated(name, elementwise(dom, B, lhs, rhs), assumed=[SEMIDIRECT])


Pair = tuple[Any, Any]


def pairs() -> Iterator[Statement]:
    """N x| H is a group on pairs, and acts."""
    P = N.type @ H.type
    e = (N.unit, H.unit)
    for name, dom, lhs, rhs in (
        (
            "pairs are associative",
            P @ P @ P,
            lambda a, b, c, d, m, n: _times(_times((a, b), (c, d)), (m, n)),
            lambda a, b, c, d, m, n: _times((a, b), _times((c, d), (m, n))),
        ),
        ("(e, e) p = p", P, lambda n, h: _times((e[0](), e[1]()), (n, h)), lambda n, h: (n, h)),
        ("p (e, e) = p", P, lambda n, h: _times((n, h), (e[0](), e[1]())), lambda n, h: (n, h)),
        (
            "p p^-1 = (e, e)",
            P,
            lambda n, h: _times((n, h), _back(n, h)),
            lambda n, h: (e[0](), e[1]()),
        ),
        (
            "p^-1 p = (e, e)",
            P,
            lambda n, h: _times(_back(n, h), (n, h)),
            lambda n, h: (e[0](), e[1]()),
        ),
    ):
        yield stated(name, elementwise(dom, P, lhs, rhs), assumed=[SEMIDIRECT])
    action = elementwise(
        P @ P @ Ty(X),
        Ty(X),
        lambda a, b, c, d, x: _move((a, b), _move((c, d), x)),
        lambda a, b, c, d, x: _move(_times((a, b), (c, d)), x),
    )
    yield stated("pairs act on X", action, [Compatible(SEMIDIRECT, X)], ON)
    moved = elementwise(
        P @ Ty(X), Ty(Y), lambda n, h, x: k(_move((n, h), x)), lambda n, h, x: _move((n, h), k(x))
    )
    yield stated("over N and over H is over pairs", moved, over(N, k) + over(H, k), ON)


def _times(a: Pair, b: Pair) -> Pair:
    return N.multiply(a[0], SEMIDIRECT.rho(a[1], b[0])), H.multiply(a[1], b[1])


def _back(n: Any, h: Any) -> Pair:
    return SEMIDIRECT.rho(H.inverse(h), N.inverse(n)), H.inverse(h)


def _move(p: Pair, x: Any) -> Any:
    return N.act(x.ob)(p[0], H.act(x.ob)(p[1], x))


def products() -> Iterator[Statement]:
    """Sym along N -> N x| H and along H -> N x| H, over each of the two groups."""
    for product, name in ((SEMIDIRECT, "semidirect"), (DIRECT, "direct")):
        both: list[Hypothesis] = [Compatible(product, space) for space in (X, Y)]
        along_N, along_H = sym(k, element, IN_H), sym(k, shift, IN_N)
        for title, sides, uses in (
            (
                "sym along N is equivariant over N",
                equivariance(along_N, IN_N),
                over(N, element, k) + both,
            ),
            ("sym along N is equivariant over H", equivariance(along_N, IN_H), over(H, element)),
            ("sym along H is equivariant over N", equivariance(along_H, IN_N), over(N, shift)),
            (
                "sym along H is equivariant over H",
                equivariance(along_H, IN_H),
                over(H, shift, k) + both,
            ),
            ("sym along N is k, for k over H", (along_N, k), over(H, k)),
            ("sym along H is k, for k over N", (along_H, k), over(N, k)),
        ):
            yield stated(f"{name} product: {title}", sides, uses, [product, *ON])
        yield from _haar(name, [product, *ON], both)


def along() -> Iterator[Statement]:
    """Over the image of phi, in a product with N: letters of N are in the way of nothing."""
    phi = PHI.box
    for twisted, name in ((True, "semidirect"), (False, "direct")):
        product = Semidirect(N, G, twisted=twisted)
        sides = elementwise(
            Ty(H.carrier, N.carrier, X),
            Ty(Y),
            lambda h, n, x: k(G.act(X)(phi(h), N.act(X)(n, x))),
            lambda h, n, x: G.act(Y)(phi(h), k(N.act(X)(n, x))),
        )
        on = [*acts(G, N), Compatible(product, X)]
        yield stated(
            f"{name} product: over phi, k(phi(h).n.x) = phi(h).k(n.x)", sides, over(PHI, k), on
        )


def _haar(name: str, on: list[Any], both: list[Hypothesis]) -> Iterator[Statement]:
    """Gamma constant, and the recursion from it."""
    haar = discarding(HAAR[H], Ty(X))
    learned = stochastic("gamma1", Ty(X), H.type)
    rec = recursive(haar, learned, IN_H)
    for title, arrow, moved in (
        ("sym along N by haar", sym(k, haar, IN_H), [k]),
        ("sym along N by the recursion from haar", sym(k, rec, IN_H), [k, learned]),
    ):
        uses = over(N, *moved) + both
        yield stated(f"{name} product: {title}, over N", equivariance(arrow, IN_N), uses, on)
        uses = [invariant(H)]
        yield stated(f"{name} product: {title}, over H", equivariance(arrow, IN_H), uses, on)
