"""Kernels none of whose inputs move: a group leaves the law of what they draw alone."""

from collections.abc import Iterator

from markovsym.syntax import Compatible, Diagram, Equivariant, Hom, Ty
from markovsym.syntax.procedures import equivariance
from tests.markovsym.syntax.stated import (
    CHI,
    HAAR,
    IN_G,
    PHI,
    C,
    G,
    H,
    K,
    N,
    S,
    Statement,
    T,
    W,
    X,
    Y,
    acts,
    drawing,
    elementwise,
    invariant,
    k,
    over,
    stated,
    stochastic,
)
from tests.markovsym.syntax.stated_products import DIRECT, IN_H, IN_N, SEMIDIRECT

ON = acts(G)
p, given = stochastic("p", Ty(), Ty(X)), stochastic("given", Ty(W), Ty(X))
pair, mixed = stochastic("pair", Ty(), Ty(X, Y)), stochastic("mixed", Ty(), Ty(X) @ G.type)


def states() -> Iterator[Statement]:
    """What is drawn absorbs what acts on it; everything drawn with it moves, too."""
    for box in (p, given, pair, mixed):
        sides = equivariance(box, IN_G)
        yield stated(f"g.{box.name} = {box.name}", sides, over(G, box), ON)
    yield stated("k after p is invariant", equivariance(p >> k, IN_G), over(G, p, k), ON)
    q, m = stochastic("q", Ty(), Ty(Y)), stochastic("m", Ty(X, Y), Ty(Y))
    two = equivariance(p @ q >> m, IN_G)
    yield stated("m after p and q is invariant", two, over(G, p, q, m), ON)
    beside = equivariance(p @ (q >> Diagram.copy(Ty(Y))) >> m @ Diagram.id(Ty(Y)), IN_G)
    yield stated("m after p and q is so together with q", beside, over(G, p, q, m), ON)
    act, on = G.act(X), G.act(Y)
    mul, inv = G.multiply, G.inverse
    apart = elementwise(
        G.type @ G.type,
        Ty(Y, Y),
        drawing(p @ q, lambda g, h, xy: (on(g, m(*xy)), on(h, xy[1]))),
        drawing(p @ q, lambda g, h, xy: (on(mul(g, inv(h)), m(*xy)), xy[1])),
    )
    name = "(g.m(x, y), h.y) = (g h^-1.m(x, y), y), drawn from p and q"
    yield stated(name, apart, over(G, p, q, m), ON)
    moved = elementwise(
        G.type,
        Ty(X, Y),
        drawing(pair, lambda g, xy: (act(g, xy[0]), xy[1])),
        drawing(pair, lambda g, xy: (xy[0], on(G.inverse(g), xy[1]))),
    )
    yield stated("(g.x, y) = (x, g^-1.y), drawn from pair", moved, over(G, pair), ON)
    orbit = elementwise(
        G.type,
        Ty(X, X),
        drawing(p, lambda g, x: (act(g, x), act(g, x))),
        drawing(p, lambda g, x: (x, x)),
    )
    yield stated("(g.x, g.x) = (x, x), drawn from p", orbit, over(G, p), ON)
    element = elementwise(
        G.type,
        Ty(X) @ G.type,
        drawing(mixed, lambda g, xu: (act(G.inverse(xu[1]), xu[0]), G.multiply(g, xu[1]))),
        drawing(mixed, lambda g, xu: (act(G.inverse(xu[1]), xu[0]), xu[1])),
    )
    yield stated("(u^-1.x, g u) = (u^-1.x, u), drawn from mixed", element, over(G, mixed), ON)


def along() -> Iterator[Statement]:
    """Along homomorphisms, and in products of groups."""
    lhs, rhs = equivariance(p, IN_G)
    image = (PHI.box >> lhs, PHI.box >> rhs)
    yield stated("phi(h).p = p, for p over phi", image, over(PHI, p), [*ON, PHI])
    mapped = elementwise(
        H.type,
        G.type,
        drawing(HAAR[H], lambda h, u: G.multiply(PHI.box(h), PHI.box(u))),
        drawing(HAAR[H], lambda h, u: PHI.box(u)),
    )
    yield stated("phi(h) phi(u) = phi(u), u drawn from haar", mapped, [invariant(H)], [PHI])
    beside = elementwise(
        H.type,
        G.type @ H.type,
        drawing(
            HAAR[H],
            lambda h, u: (
                G.multiply(G.inverse(PHI.box(h)), PHI.box(u)),
                H.multiply(H.inverse(h), u),
            ),
        ),
        drawing(HAAR[H], lambda h, u: (PHI.box(u), u)),
    )
    name = "(phi(h)^-1 phi(u), h^-1 u) = (phi(u), u), u drawn from haar"
    yield stated(name, beside, [invariant(H)], [PHI])
    lifted, other = (
        Diagram.from_callable(Ty(C), G.type)(
            drawing(HAAR[H], lambda c, u, s=s: G.multiply(s.box(c), PHI.box(u)))
        )
        for s in (S, T)
    )
    uses = [S, invariant(H)]
    yield stated("s(c) phi(u) is an equivariant section", equivariance(lifted, IN_G), uses)
    yield stated("s(c) phi(u) = t(c) phi(u)", (lifted, other), [S, T, invariant(H)])
    twice = elementwise(
        G.type,
        CHI.target.type @ G.type,
        drawing(HAAR[G], lambda g, u: (CHI.box(G.multiply(g, u)), G.multiply(g, u))),
        drawing(HAAR[G], lambda g, u: (CHI.box(u), u)),
    )
    yield stated("(chi(g u), g u) = (chi(u), u)", twice, [invariant(G)], [CHI])
    for one, name in ((SEMIDIRECT, "semidirect"), (DIRECT, "direct")):
        on = [*acts(N, H), one]
        both = Compatible(one, X)
        for group, side in ((N, IN_N), (H, IN_H)):
            title = f"{group.carrier} leaves p alone, in a {name} product"
            yield stated(title, equivariance(p, side), over(group, p), [*on, both])
        passing = elementwise(
            Ty(H.carrier, N.carrier),
            Ty(X),
            drawing(p, lambda h, n, x: N.act(X)(n, H.act(X)(h, x))),
            drawing(p, lambda h, n, x: H.act(X)(h, x)),
        )
        title = f"n.(h.p) = h.p for p over N, in a {name} product"
        yield stated(title, passing, [both, *over(N, p)], on)


def false() -> Iterator[Statement]:
    """Draws that do not all move, inputs that do, and elements that are not known."""
    act = G.act(X)
    split = elementwise(
        G.type,
        Ty(X, Y),
        drawing(pair, lambda g, xy: (act(g, xy[0]), xy[1])),
        drawing(pair, lambda g, xy: xy),
    )
    yield stated("(g.x, y) = (x, y), drawn from pair", split, assumed=[*ON, *over(G, pair)])
    both = elementwise(
        Ty(C),
        H.type @ G.type,
        drawing(HAAR[H], lambda c, u: (u, G.multiply(S.box(c), PHI.box(u)))),
        drawing(HAAR[H], lambda c, u: (u, G.multiply(T.box(c), PHI.box(u)))),
    )
    on = [S, T, invariant(H)]
    yield stated("(u, s(c) phi(u)) = (u, t(c) phi(u)), u drawn from haar", both, assumed=on)
    yield from _of_other_groups()
    kept = elementwise(
        G.type,
        Ty(X, X),
        drawing(p, lambda g, x: (act(g, x), x)),
        drawing(p, lambda g, x: (x, x)),
    )
    yield stated("(g.x, x) = (x, x), drawn from p", kept, assumed=[*ON, *over(G, p)])
    read = stochastic("r", Ty(X), G.type)
    used = elementwise(Ty(), Ty(X), drawing(p, lambda x: act(read(x), x)), drawing(p, lambda x: x))
    yield stated("r(x).x = x, drawn from p", used, assumed=[*ON, *over(G, p)])
    start = Diagram.id(G.type) @ k >> G.act(Y), Diagram.discard(G.type) @ k
    yield stated("g.k(x) = k(x), for k over G", start, assumed=[*ON, *over(G, k)])
    sides = equivariance(p, IN_G)
    yield stated("g.p = p, for p over phi", sides, assumed=[*ON, PHI, Equivariant(p, PHI)])
    on = [*acts(N, H), Compatible(SEMIDIRECT, X), *over(N, p)]
    yield stated("h.p = p, for p over N", equivariance(p, IN_H), assumed=on)
    beyond = [*acts(N, H), Compatible(SEMIDIRECT, X), *over(H, p)]
    crossed = elementwise(
        Ty(H.carrier, N.carrier),
        Ty(X),
        drawing(p, lambda h, n, x: N.act(X)(n, H.act(X)(h, x))),
        drawing(p, lambda h, n, x: H.act(X)(h, N.act(X)(n, x))),
    )
    yield stated("n.(h.p) = h.(n.p), for p over H", crossed, assumed=beyond)


def _of_other_groups() -> Iterator[Statement]:
    """Another group, homomorphism or subgroup taken for the one that is known."""
    v, inward, psi = stochastic("v", Ty(), H.type), Hom(K, H, "tau"), Hom(H, G, "psi")
    for name, box, state, assumed in (
        ("phi(h) phi(v) = phi(v), for v over tau", PHI.box, v, [PHI, *over(inward, v)]),
        ("psi(h) phi(u) = phi(u), u drawn from haar", psi.box, HAAR[H], [PHI, psi, invariant(H)]),
    ):
        sides = elementwise(
            H.type,
            G.type,
            drawing(state, lambda h, u, box=box: G.multiply(box(h), PHI.box(u))),
            drawing(state, lambda h, u: PHI.box(u)),
        )
        yield stated(name, sides, assumed=assumed)
    blocked = elementwise(
        Ty(G.carrier, K.carrier),
        Ty(X),
        drawing(p, lambda g, h, x: G.act(X)(g, K.act(X)(h, x))),
        drawing(p, lambda g, h, x: K.act(X)(h, x)),
    )
    name = "g.(h.p) = h.p, for p over G and h in K"
    yield stated(name, blocked, assumed=[*acts(G, K), *over(G, p)])
