"""Statements on Markov categories, groups, actions, homomorphisms and equivariant kernels."""

from collections.abc import Iterator

from markovsym.syntax import Diagram, Ty
from markovsym.syntax.procedures import equivariance
from tests.markovsym.syntax.stated import (
    CHI,
    IN_G,
    PHI,
    G,
    H,
    K,
    Statement,
    X,
    Y,
    Z,
    acts,
    deterministic,
    elementwise,
    k,
    l,
    over,
    stated,
    stochastic,
)

mul, inv, e, act = G.multiply, G.inverse, G.unit, G.act(X)
A, GX = G.type, G.type @ Ty(X)


def markov() -> Iterator[Statement]:
    """The axioms of a Markov category."""
    d, copy = deterministic("d", Ty(X), Ty(Y)), Diagram.copy
    yield stated("discard is natural", (k >> Diagram.discard(Ty(Y)), Diagram.discard(Ty(X))))
    yield stated("d is deterministic", (d >> copy(Ty(Y)), copy(Ty(X)) >> d @ d))
    both = k >> copy(Ty(Y)) >> Diagram.discard(Ty(Y)) @ Diagram.id(Ty(Y))
    yield stated("a copy that is discarded is none", (both, k))
    yield stated(
        "boxes side by side commute", (k @ l, Diagram.id(Ty(X)) @ l >> k @ Diagram.id(Ty(Z)))
    )


def groups() -> Iterator[Statement]:
    """The axioms of a group, and what follows from them at once."""
    two, three = A @ A, A @ A @ A
    for name, dom, lhs, rhs in (
        (
            "(ab)c = a(bc)",
            three,
            lambda a, b, c: mul(mul(a, b), c),
            lambda a, b, c: mul(a, mul(b, c)),
        ),
        ("ea = a", A, lambda a: mul(e(), a), lambda a: a),
        ("ae = a", A, lambda a: mul(a, e()), lambda a: a),
        ("a^-1 a = e", A, lambda a: mul(inv(a), a), lambda a: e()),
        ("a a^-1 = e", A, lambda a: mul(a, inv(a)), lambda a: e()),
        ("(ab)^-1 = b^-1 a^-1", two, lambda a, b: inv(mul(a, b)), lambda a, b: mul(inv(b), inv(a))),
        ("(a^-1)^-1 = a", A, lambda a: inv(inv(a)), lambda a: a),
        ("e^-1 = e", Ty(), lambda: inv(e()), e),
        ("a^-1 (ab) = b", two, lambda a, b: mul(inv(a), mul(a, b)), lambda a, b: b),
    ):
        yield stated(name, elementwise(dom, A, lhs, rhs), assumed=[G])


def actions() -> Iterator[Statement]:
    """The axioms of an action; the diagonal action is one."""
    assumed = acts(G)
    for name, dom, lhs, rhs in (
        (
            "a.(b.x) = (ab).x",
            A @ GX,
            lambda a, b, x: act(a, act(b, x)),
            lambda a, b, x: act(mul(a, b), x),
        ),
        ("e.x = x", Ty(X), lambda x: act(e(), x), lambda x: x),
        ("a^-1.(a.x) = x", GX, lambda a, x: act(inv(a), act(a, x)), lambda a, x: x),
    ):
        yield stated(name, elementwise(dom, Ty(X), lhs, rhs), assumed=assumed)
    row = Ty(X, Y) @ A
    diagonal = IN_G.act(row)
    twice = Diagram.id(A) @ diagonal >> diagonal
    yield stated(
        "the diagonal action is one", (twice, mul @ Diagram.id(row) >> diagonal), assumed=assumed
    )
    unit = e @ Diagram.id(row) >> diagonal
    yield stated("the unit moves no row", (unit, Diagram.id(row)), assumed=assumed)


def homomorphisms() -> Iterator[Statement]:
    """The axioms of a homomorphism; restriction along it."""
    phi, chi, B = PHI.box, CHI.box, H.type
    for name, dom, lhs, rhs in (
        (
            "phi(ab) = phi(a) phi(b)",
            B @ B,
            lambda a, b: phi(H.multiply(a, b)),
            lambda a, b: mul(phi(a), phi(b)),
        ),
        ("phi(a^-1) = phi(a)^-1", B, lambda a: phi(H.inverse(a)), lambda a: inv(phi(a))),
        ("phi(e) = e", Ty(), lambda: phi(H.unit()), e),
    ):
        yield stated(name, elementwise(dom, A, lhs, rhs), assumed=[PHI])
    restricted = elementwise(
        B @ B @ Ty(X),
        Ty(X),
        lambda a, b, x: act(phi(a), act(phi(b), x)),
        lambda a, b, x: act(phi(H.multiply(a, b)), x),
    )
    yield stated("the restriction of an action is one", restricted, assumed=[PHI, *acts(G)])
    composite = elementwise(
        B @ B,
        K.type,
        lambda a, b: chi(phi(H.multiply(a, b))),
        lambda a, b: K.multiply(chi(phi(a)), chi(phi(b))),
    )
    yield stated("a composite of homomorphisms is one", composite, assumed=[PHI, CHI])


def kernels() -> Iterator[Statement]:
    """C^G is a Markov category; restriction, and two groups at once."""
    pair = stochastic("pair", Ty(X), Ty(Y, Z))
    on, id_X = acts(G), Diagram.id(Ty(X))
    for name, arrow, uses in (
        ("the identity is equivariant", id_X, []),
        ("composites of equivariant kernels are equivariant", k >> l, [k, l]),
        ("products of equivariant kernels are equivariant", k @ l, [k, l]),
        ("copies of an equivariant kernel are equivariant", k >> Diagram.copy(Ty(Y)), [k]),
        ("the graph of an equivariant kernel is equivariant", Diagram.copy(Ty(X)) >> id_X @ k, [k]),
        ("marginals of an equivariant kernel are equivariant", pair.diagram.marginal(1), [pair]),
        ("discard is equivariant", Diagram.discard(Ty(X)), []),
        ("copy is equivariant", Diagram.copy(Ty(X)), []),
        ("swap is equivariant", Diagram.swap(Ty(X), Ty(Y)), []),
    ):
        yield stated(name, equivariance(arrow, IN_G), over(G, *uses), on)
    yield from _restricted()


def _restricted() -> Iterator[Statement]:
    sides = equivariance(k, IN_G)
    along = PHI.box @ Diagram.id(Ty(X))
    yield stated("k is equivariant over G, beside K", sides, over(G, k), acts(G, K))
    yield stated(
        "and so it is over H, along phi",
        (along >> sides[0], along >> sides[1]),
        over(G, k),
        [PHI, *acts(G)],
    )
    yield stated(
        "over phi: k(phi(h).x) = phi(h).k(x)",
        (along >> sides[0], along >> sides[1]),
        over(PHI, k),
        acts(G),
    )
    both = elementwise(
        Ty(G.carrier, K.carrier, X),
        Ty(Y),
        lambda g, h, x: k(G.act(X)(g, K.act(X)(h, G.act(X)(g, x)))),
        lambda g, h, x: G.act(Y)(g, K.act(Y)(h, G.act(Y)(g, k(x)))),
    )
    yield stated(
        "over two groups: k(g.h.g.x) = g.h.g.k(x)", both, over(G, k) + over(K, k), acts(G, K)
    )
