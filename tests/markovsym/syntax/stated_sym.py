"""Statements on symmetrisation with gamma in G: T1, T4, T10, T11, T18, T19 of the theory."""

from collections.abc import Iterator

from markovsym.syntax import Diagram, Ob, Semidirect, Ty
from markovsym.syntax.procedures import (
    curried,
    discarding,
    equivariance,
    recursive,
    sym,
    uncurried,
)
from tests.markovsym.syntax.stated import (
    COSETS,
    HAAR,
    IN_G,
    PHI,
    G,
    H,
    N,
    S,
    Statement,
    X,
    Y,
    Z,
    acts,
    deterministic,
    drawing,
    elementwise,
    gamma,
    invariant,
    k,
    l,
    over,
    stated,
    stochastic,
)

ON = acts(G)
base = stochastic("gamma0", Ty(X), G.type)
learned = stochastic("gamma1", Ty(X), G.type)
haar = discarding(HAAR[G], Ty(X))


def symmetrised() -> Iterator[Statement]:
    """Equivariance, stability, recursion."""
    once = sym(k, gamma, IN_G)
    yield stated("sym(k) is equivariant", equivariance(once, IN_G), over(G, gamma), ON)
    yield stated("sym(k) = k", (once, k), over(G, k), ON)
    yield stated(
        "sym(k) = k, for an equivariant gamma too", (once, k), over(G, k), [*ON, *over(G, gamma)]
    )
    yield stated("sym(sym(k)) = sym(k)", (sym(once, gamma, IN_G), once), over(G, gamma), ON)
    unit = sym(k, discarding(G.unit, Ty(X)), IN_G)
    yield stated("sym with gamma = e is the identity", (unit, k), assumed=ON)
    yield from _recursive()


def _recursive() -> Iterator[Statement]:
    rec = recursive(base, learned, IN_G)
    deep = recursive(rec, learned, IN_G)
    uses = over(G, base)
    yield stated("the recursive gamma is equivariant", equivariance(rec, IN_G), uses, ON)
    yield stated(
        "sym by the recursive gamma is equivariant", equivariance(sym(k, rec, IN_G), IN_G), uses, ON
    )
    yield stated(
        "sym by a gamma of depth 2 is equivariant", equivariance(sym(k, deep, IN_G), IN_G), uses, ON
    )
    inside = sym(sym(k, learned, IN_G), base, IN_G)
    yield stated(
        "sym by the recursive gamma is sym by both", (sym(k, rec, IN_G), inside), assumed=ON
    )
    still, draw = stochastic("u", Ty(X), Ty(Ob("U"))), stochastic("v", Ty(Ob("U")), G.type)
    noisy = Diagram.copy(Ty(X)) >> base @ (still >> draw) >> G.multiply
    yield stated(
        "gamma(x) v(u(x)) is equivariant, for an invariant u",
        equivariance(noisy, IN_G),
        over(G, base, still),
        ON,
    )


def bijection() -> Iterator[Statement]:
    """C(X, Y) is C^G(G @ X, Y)."""
    m = stochastic("m", G.type @ Ty(X), Ty(Y))
    yield stated("curry(k) is equivariant", equivariance(curried(k, IN_G), IN_G), assumed=ON)
    yield stated("uncurry(curry(k)) = k", (uncurried(curried(k, IN_G), IN_G), k), assumed=ON)
    yield stated("curry(uncurry(m)) = m", (curried(uncurried(m, IN_G), IN_G), m), over(G, m), ON)
    yield stated(
        "curry(k ; l) = curry(k) ; l",
        (curried(k >> l, IN_G), curried(k, IN_G) >> l),
        over(G, l),
        ON,
    )
    along = Diagram.copy(Ty(X)) >> gamma @ Diagram.id(Ty(X)) >> curried(k, IN_G)
    yield stated("sym(k) is curry(k) after gamma", (sym(k, gamma, IN_G), along), assumed=ON)


def natural() -> Iterator[Statement]:
    """What passes through sym, and the unit laws."""
    f = deterministic("f", Ty(Z), Ty(X))
    yield stated(
        "sym(k ; l) = sym(k) ; l",
        (sym(k >> l, gamma, IN_G), sym(k, gamma, IN_G) >> l),
        over(G, l),
        ON,
    )
    before = (sym(f >> k, f >> gamma, IN_G), f >> sym(k, gamma, IN_G))
    yield stated(
        "sym(f ; k, f ; gamma) = f ; sym(k), for a deterministic f", before, over(G, f), ON
    )
    from_G = stochastic("k", G.type, Ty(Y))
    regular = elementwise(
        G.type,
        Ty(Y),
        sym(from_G, Diagram.id(G.type), IN_G),
        lambda g: G.act(Y)(g, from_G(G.unit())),
    )
    yield stated("on X = G with gamma = id, sym(k)(g) = g.k(e)", regular, assumed=ON)
    p, invariant_law = stochastic("p", Ty(), Ty(Y)), stochastic("gamma", Ty(), G.type)
    state = elementwise(
        Ty(), Ty(Y), sym(p, invariant_law, IN_G), lambda: G.act(Y)(invariant_law(), p())
    )
    yield stated("sym of a state p is g.p, g drawn from gamma", state, assumed=ON)


def haar_states() -> Iterator[Statement]:
    """Left-invariant states, and sym by them."""
    lam, mul, inv, A, uses = HAAR[G], G.multiply, G.inverse, G.type, [invariant(G)]
    for name, cod, lhs, rhs in (
        ("g.haar = haar", A, lambda g: mul(g, lam()), lambda g: lam()),
        ("haar^-1 g = haar^-1", A, lambda g: mul(inv(lam()), g), lambda g: inv(lam())),
        ("(g, g.haar) = (g, haar)", A @ A, lambda g: (g, mul(g, lam())), lambda g: (g, lam())),
        (
            "(g.haar, g.haar') = (haar, haar')",
            A @ A,
            lambda g: (mul(g, lam()), mul(g, lam())),
            lambda g: (lam(), lam()),
        ),
    ):
        yield stated(name, elementwise(A, cod, lhs, rhs), uses)
    yield stated("the constant gamma = haar is equivariant", equivariance(haar, IN_G), uses, ON)
    once = sym(k, haar, IN_G)
    yield stated("sym by haar is equivariant", equivariance(once, IN_G), uses, ON)
    yield stated("sym by haar of an equivariant k is k", (once, k), over(G, k), [*ON, *uses])
    yield stated("sym by haar is idempotent", (sym(once, haar, IN_G), once), uses, ON)
    rec = recursive(haar, learned, IN_G)
    yield stated(
        "sym by the recursion from haar is equivariant",
        equivariance(sym(k, rec, IN_G), IN_G),
        uses,
        ON,
    )
    p = stochastic("p", Ty(), Ty(Y))
    average = sym(p, lam, IN_G)
    yield stated("sym of a state by haar is invariant", equivariance(average, IN_G), uses, ON)
    B, phi, draw = H.type, PHI.box, HAAR[H]
    mapped = elementwise(
        B,
        B @ B @ A,
        drawing(draw, lambda h, u: (h, H.multiply(h, u), phi(H.multiply(h, u)))),
        drawing(draw, lambda h, u: (h, u, phi(u))),
    )
    name = "(h, hu, phi(hu)) = (h, u, phi(u)), u drawn from haar"
    yield stated(name, mapped, [invariant(H)], [PHI])
    yield from _beside_haar()


def _beside_haar() -> Iterator[Statement]:
    """What is made of a draw moves with it."""
    mul, A, lam, rho = G.multiply, G.type, HAAR[G], Semidirect(N, G).rho
    q, s = COSETS.project, S.box
    chosen = elementwise(
        A,
        A @ A,
        drawing(lam, lambda g, u: (mul(g, u), s(q(mul(g, u))))),
        drawing(lam, lambda g, u: (u, s(q(u)))),
    )
    yield stated("(gu, s(q(gu))) = (u, s(q(u))), u drawn from haar", chosen, [invariant(G)], [S])
    turned = elementwise(
        A @ N.type,
        A @ N.type,
        drawing(lam, lambda g, n, u: (mul(g, u), rho(mul(g, u), n))),
        drawing(lam, lambda g, n, u: (u, rho(u, n))),
    )
    name = "(gu, rho(gu, n)) = (u, rho(u, n)), u drawn from haar"
    yield stated(name, turned, [invariant(G)], [Semidirect(N, G)])
