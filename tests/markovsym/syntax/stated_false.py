"""Statements that must not be proved, each false in a finite model; and true ones not found yet."""

from collections.abc import Iterator

from markovsym.syntax import Acts, Arrow, Diagram, Ty, Wire
from markovsym.syntax.procedures import Symmetry, curried, equivariance, sym, uncurried
from markovsym.syntax.theory import Hypothesis, Structure
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
    N,
    S,
    Sides,
    Statement,
    T,
    X,
    Y,
    acts,
    drawing,
    elementwise,
    gamma,
    invariant,
    k,
    over,
    stated,
    stochastic,
    to_cosets,
)
from tests.markovsym.syntax.stated_cosets import PSI
from tests.markovsym.syntax.stated_products import DIRECT, SEMIDIRECT

mul, inv, A, B, ON = G.multiply, G.inverse, G.type, H.type, acts(G)
q, s, t, phi = COSETS.project, S.box, T.box, PHI.box
haar, below = HAAR[G], HAAR[H]
f = stochastic("f", Ty(X), Ty(X))
once = sym(k, gamma, IN_G)


def of_one_group() -> Iterator[Statement]:
    """Laws of commutative groups or deterministic kernels, and hypotheses left out."""
    m = stochastic("m", A @ Ty(X), Ty(Y))
    commuting = elementwise(A @ A, A, mul, lambda a, b: mul(b, a))
    copies = (k >> Diagram.copy(Ty(Y)), Diagram.copy(Ty(X)) >> k @ k)
    apart = (sym(f >> k, f >> gamma, IN_G), f >> once)
    shared = elementwise(
        A, A @ A, drawing(haar, lambda g, u: (u, mul(g, u))), drawing(haar, lambda g, u: (u, u))
    )
    r, back = stochastic("r", A, A), stochastic("b", A, A)
    p = stochastic("p", Ty(), A)
    moved = elementwise(A, A, lambda g: mul(g, p()), lambda g: p())
    for name, sides, hypotheses in (
        ("G is commutative", commuting, []),
        ("sym(k) is equivariant, for any gamma", equivariance(once, IN_G), []),
        ("sym(k) = k, for any k", (once, k), over(G, gamma)),
        ("k ; copy = copy ; (k @ k), for a stochastic k", copies, over(G, k)),
        ("sym(f ; k, f ; gamma) = f ; sym(k), for a stochastic f", apart, over(G, f, gamma)),
        (
            "sym(f ; k, gamma) = f ; sym(k)",
            (sym(f >> k, gamma, IN_G), f >> once),
            over(G, f, gamma),
        ),
        ("curry(uncurry(m)) = m, for any m", (curried(uncurried(m, IN_G), IN_G), m), []),
        ("haar ; copy = haar @ haar", (haar >> Diagram.copy(A), haar @ haar), [invariant(G)]),
        ("(u, gu) = (u, u), u drawn from haar", shared, [invariant(G)]),
        ("r(u) u = u, u drawn from haar", reading(r), [invariant(G)]),
        ("b(r(u)) u = u, u drawn from haar", reading(r >> back), [invariant(G)]),
        ("gp = p, for a state p that is not haar", moved, [invariant(G)]),
    ):
        yield stated(name, sides, assumed=[*ON, *hypotheses])


def reading(r: Arrow) -> Sides:
    """A draw u moved by what reads it, and u."""
    return elementwise(Ty(), A, drawing(haar, lambda u: mul(r(u), u)), haar)


def of_two_groups() -> Iterator[Statement]:
    """Another group taken for the one that is known, and letters that pass each other."""
    in_K = Symmetry(K, frozenset(SPACES))
    name = "k is equivariant over K, for k over G"
    yield stated(name, equivariance(k, in_K), assumed=[*acts(G, K), *over(G, k)])
    image = elementwise(
        B,
        B @ A,
        drawing(below, lambda h, u: (H.multiply(h, u), phi(u))),
        drawing(below, lambda h, u: (u, phi(u))),
    )
    yield stated(
        "(hu, phi(u)) = (u, phi(u)), u drawn from haar", image, assumed=[PHI, invariant(H)]
    )
    foreign = elementwise(
        Ty(K.carrier, X),
        Ty(X),
        drawing(haar, lambda h, x, u: K.act(X)(h, G.act(X)(u, x))),
        drawing(haar, lambda h, x, u: G.act(X)(u, x)),
    )
    yield stated(
        "h.(u.x) = u.x, for h in K and u from the haar of G",
        foreign,
        assumed=[*acts(G, K), invariant(G)],
    )
    for one, name in ((SEMIDIRECT, "semidirect"), (DIRECT, "direct")):
        passing = elementwise(
            Ty(H.carrier, N.carrier, X),
            Ty(X),
            lambda h, n, x: H.act(X)(h, N.act(X)(n, x)),
            lambda h, n, x: N.act(X)(n, H.act(X)(h, x)),
        )
        yield stated(
            f"h.(n.x) = n.(h.x), in a {name} product that X does not know",
            passing,
            assumed=[*acts(N, H), one],
        )
    still = elementwise(B @ N.type, N.type, SEMIDIRECT.rho, lambda h, n: n)
    yield stated("rho(h, n) = n", still, assumed=[SEMIDIRECT])


def of_cosets() -> Iterator[Statement]:
    """Sections taken for more than they are, and hypotheses left out."""
    on: list[Structure | Hypothesis] = [*ON, COSETS, S, T, PSI]
    along = sym(k, to_cosets, IN_G, section=s)
    other = sym(k, to_cosets, IN_G, section=t)
    known = over(G, to_cosets)
    lhs, rhs = equivariance(k, IN_G)
    psi = PSI.box @ Diagram.id(Ty(X))
    left = elementwise(B @ A, Ty(C), lambda h, g: q(mul(phi(h), g)), lambda h, g: q(g))
    for name, sides, hypotheses in (
        ("s is equivariant", equivariance(s, IN_G), []),
        ("s(q(g)) = g", (q >> s, Diagram.id(A)), []),
        ("s = t", (s, t), []),
        ("q(phi(h) g) = q(g)", left, []),
        ("q(s(c)^-1) = c", (s >> inv >> q, Diagram.id(Ty(C))), []),
        ("k is equivariant over G, for k over phi", equivariance(k, IN_G), over(PHI, k)),
        ("k is equivariant over psi, for k over phi", (psi >> lhs, psi >> rhs), over(PHI, k)),
        ("sym along phi is equivariant, for any k", equivariance(along, IN_G), known),
        ("sym along phi is equivariant, for any gamma", equivariance(along, IN_G), over(PHI, k)),
        ("sym along phi of a k over phi is k", (along, k), [*known, *over(PHI, k)]),
        ("two sections give one sym, for any k", (along, other), known),
    ):
        yield stated(name, sides, assumed=[*on, *hypotheses])
    yield from _of_moved_cosets(on)


def _of_moved_cosets(on: list[Structure | Hypothesis]) -> Iterator[Statement]:
    """Two that a careless rewriter proves: a coset that gets shorter, and one of another group."""
    shorter = elementwise(
        B,
        A @ A,
        drawing(haar, lambda h, u: (mul(phi(h), u), s(q(inv(u))))),
        drawing(haar, lambda h, u: (u, mul(mul(mul(inv(u), phi(h)), u), s(q(inv(u)))))),
    )
    yield stated(
        "(phi(h) u, s(q(u^-1))) = (u, u^-1 phi(h) u s(q(u^-1)))",
        shorter,
        assumed=[*on, invariant(G)],
    )

    def between(h: Wire, c: Wire, x: Wire) -> Wire:
        """s(c)^-1 h^-1 s(h.c) x, for h in another group: no element of the image of phi moves x."""
        y = G.act(x.ob)(s(K.act(C)(h, c)), x)
        return G.act(x.ob)(inv(s(c)), K.act(x.ob)(K.inverse(h), y))

    foreign = elementwise(
        Ty(K.carrier, C, X),
        Ty(Y),
        lambda h, c, x: k(between(h, c, x)),
        lambda h, c, x: between(h, c, k(x)),
    )
    moves = [*acts(K), Acts(K, C), *over(PHI, k)]
    yield stated(
        "k(w.x) = w.k(x), for w = s(c)^-1 h^-1 s(h.c) and h in K", foreign, assumed=[*on, *moves]
    )


def missed() -> Iterator[Statement]:
    """True in every finite model, and not found: no rule knows right- or inverse-invariance."""
    moved = elementwise(A, A, drawing(haar, lambda g, u: mul(u, g)), drawing(haar, lambda g, u: u))
    back = elementwise(Ty(), A, drawing(haar, inv), haar)
    turned = elementwise(
        B, N.type, drawing(HAAR[N], SEMIDIRECT.rho), drawing(HAAR[N], lambda h, u: u)
    )
    yield stated("haar g = haar", moved, [invariant(G)])
    yield stated("haar^-1 = haar", back, [invariant(G)])
    yield stated("rho(h, haar) = haar", turned, [invariant(N)], [SEMIDIRECT])
