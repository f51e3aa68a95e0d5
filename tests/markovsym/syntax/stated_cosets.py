"""Statements on cosets, sections and sym along phi: theory of this project, T2, T4, T5, T9, T10."""

from collections.abc import Iterator
from typing import Any

from markovsym.syntax import Acts, CosetObject, Diagram, Hom, Ob, Section, Ty
from markovsym.syntax.procedures import Symmetry, discarding, equivariance, recursive, sym
from tests.markovsym.syntax.stated import (
    COSETS,
    HAAR,
    IN_G,
    PHI,
    SPACES,
    C,
    G,
    H,
    K,
    S,
    Statement,
    T,
    X,
    Y,
    acts,
    deterministic,
    elementwise,
    invariant,
    k,
    l,
    over,
    stated,
    stochastic,
    to_cosets,
)

A, q, s, t = G.type, COSETS.project, S.box, T.box
ON = [*acts(G), COSETS]
once = sym(k, to_cosets, IN_G, section=s)


def cosets() -> Iterator[Statement]:
    """Projection and sections."""
    for section in (S, T):
        yield stated(f"q({section.name}(c)) = c", (section.box >> q, Diagram.id(Ty(C))), [section])
    yield stated("q is equivariant", equivariance(q, IN_G), assumed=[COSETS])
    forgets = elementwise(
        A @ H.type, Ty(C), lambda g, h: q(G.multiply(g, PHI.box(h))), lambda g, h: q(g)
    )
    yield stated("q(g phi(h)) = q(g)", forgets, assumed=[COSETS])
    action = G.act(C)
    law = elementwise(
        A @ A @ Ty(C),
        Ty(C),
        lambda a, b, c: action(a, action(b, c)),
        lambda a, b, c: action(G.multiply(a, b), c),
    )
    yield stated("a.(b.c) = (ab).c on cosets", law, assumed=[COSETS])
    transitive = elementwise(Ty(C), Ty(C), lambda c: action(s(c), q(G.unit())), lambda c: c)
    yield stated("s(c).q(e) = c", transitive, [S])
    back = elementwise(Ty(C), Ty(C), lambda c: action(G.inverse(s(c)), c), lambda c: q(G.unit()))
    yield stated("s(c)^-1.c = q(e)", back, [S])


def of_another_group() -> Iterator[Statement]:
    """K acts on the cosets, and no element of G does what it does."""
    moved = K.act(C)
    on = [COSETS, Acts(K, C)]
    for name, lhs, rhs in (
        ("q(s(h.c)) = h.c, for h in K", lambda h, c: q(s(moved(h, c))), moved),
        (
            "s(h.c).q(e) = h.c, for h in K",
            lambda h, c: G.act(C)(s(moved(h, c)), q(G.unit())),
            moved,
        ),
    ):
        yield stated(name, elementwise(Ty(K.carrier, C), Ty(C), lhs, rhs), [S], on)


def along_phi() -> Iterator[Statement]:
    """Sym along phi: H -> G."""
    hypotheses = [S, *over(G, to_cosets), *over(PHI, k)]
    yield stated("sym along phi is equivariant", equivariance(once, IN_G), hypotheses, ON)
    yield stated("sym along phi of a k equivariant over G is k", (once, k), over(G, k), [*ON, S])
    other = sym(k, to_cosets, IN_G, section=t)
    yield stated("two sections give one sym", (once, other), [S, T, *over(PHI, k)], ON)
    after = (sym(k >> l, to_cosets, IN_G, section=s), once >> l)
    yield stated("sym along phi of k ; l is sym(k) ; l", after, over(G, l), [*ON, S])
    state = discarding(HAAR[G] >> q, Ty(X))
    haar = sym(k, state, IN_G, section=s)
    yield stated("the law of q(haar) is invariant", equivariance(state, IN_G), [invariant(G)], ON)
    uses = [S, invariant(G), *over(PHI, k)]
    yield stated("sym along phi by q(haar) is equivariant", equivariance(haar, IN_G), uses, ON)
    yield from _recursive()
    yield from _bijection()


def _recursive() -> Iterator[Statement]:
    base, learned = (stochastic(name, Ty(X), Ty(C)) for name in ("gamma0", "gamma1"))
    rec = recursive(base, learned, IN_G, section=s)
    uses = [S, *over(G, base), *over(PHI, learned)]
    name = "the recursive gamma along phi is equivariant"
    yield stated(name, equivariance(rec, IN_G), uses, ON)
    name = "sym along phi by the recursive gamma is equivariant"
    deep = sym(k, rec, IN_G, section=s)
    yield stated(name, equivariance(deep, IN_G), [*uses, *over(PHI, k)], ON)


def _bijection() -> Iterator[Statement]:
    """C^H(X, Y) is C^G(G/H @ X, Y)."""

    def sharp(c: Any, x: Any) -> Any:
        return G.act(Y)(s(c), k(G.act(X)(G.inverse(s(c)), x)))

    curry = Diagram.from_callable(Ty(C, X), Ty(Y))(sharp)
    at_unit = (G.unit >> q) @ Diagram.id(Ty(X)) >> curry
    uses = [S, *over(PHI, k)]
    yield stated("curry along phi is equivariant", equivariance(curry, IN_G), uses, ON)
    yield stated("uncurry(curry(k)) = k along phi", (at_unit, k), uses, ON)
    m = stochastic("m", Ty(C, X), Ty(Y))

    def back(c: Any, x: Any) -> Any:
        return G.act(Y)(s(c), m(q(G.unit()), G.act(X)(G.inverse(s(c)), x)))

    again = elementwise(Ty(C, X), Ty(Y), back, m)
    yield stated("curry(uncurry(m)) = m along phi", again, [S, *over(G, m)], ON)


PSI = Hom(K, G, "psi")
BELOW = CosetObject(PSI, Ob("G/K"))
R = Section(BELOW, "r")
IN_ALL = Symmetry(G, frozenset({*SPACES, C, BELOW.carrier}))


def composition() -> Iterator[Statement]:
    """Sym along H -> K -> G in two steps is sym along H -> G; first for the trivial H."""
    outer = stochastic("gamma2", Ty(X), Ty(BELOW.carrier))
    inner = stochastic("gamma1", Ty(X), K.type)
    on = [*acts(G), BELOW, PSI]
    lhs = _two_steps(outer, inner >> PSI.box)
    rhs = sym(k, _composite(outer, inner >> PSI.box), IN_ALL)
    yield stated("sym along 1 -> K -> G is sym by one gamma", (lhs, rhs), assumed=on)
    chosen = deterministic("t1", Ty(Ob("K/H")), K.type)
    step = stochastic("gamma1", Ty(X), Ty(Ob("K/H"))) >> chosen >> PSI.box
    gamma = _composite(outer, step) >> q
    sides = (_two_steps(outer, step), sym(k, gamma, IN_ALL, section=s))
    yield stated(
        "sym along H -> K -> G is sym by one gamma", sides, [S, *over(PHI, k)], [*on, COSETS]
    )
    box = stochastic("gamma1", Ty(X), G.type)
    uses = [R, *over(G, outer), *over(PSI, box)]
    name = "the gamma of a composite is equivariant"
    yield stated(name, equivariance(_composite(outer, box), IN_ALL), uses, on)


def _two_steps(outer: Any, inner: Any) -> Diagram:
    """Sym(sym(k, inner), outer), inner with values in K and seen in G."""
    return sym(sym(k, inner, IN_ALL), outer, IN_ALL, section=R.box)


def _composite(outer: Any, inner: Any) -> Diagram:
    """g u, with g drawn from the outer at x and u from the inner at g^-1.x."""
    return sym(inner, outer, IN_ALL, section=R.box)
