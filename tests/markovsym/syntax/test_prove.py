from typing import Any

import pytest

from markovsym.errors import CompositionError, TheoryError
from markovsym.syntax import (
    Acts,
    Arrow,
    Compatible,
    CosetObject,
    Diagram,
    GroupObject,
    Hom,
    NotProved,
    Ob,
    Proof,
    Semidirect,
    Theory,
    Ty,
    Wire,
    prove,
)
from markovsym.syntax.procedures import discarding, equivariance, recursive, sym
from markovsym.syntax.theory import Hypothesis, Structure
from tests.markovsym.syntax.stated import (
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
    X,
    Y,
    acts,
    deterministic,
    elementwise,
    gamma,
    invariant,
    k,
    l,
    over,
    stochastic,
)
from tests.markovsym.syntax.statements import missed, provable, unprovable

PROVABLE, HYPOTHETICAL = provable(), [one for one in provable() if one.uses]


def proof(lhs: Arrow, rhs: Arrow, *assumed: Structure | Hypothesis) -> Proof:
    found = prove(lhs, rhs, Theory(*assumed))
    assert isinstance(found, Proof), str(found)
    return found


@pytest.mark.parametrize("statement", PROVABLE, ids=str)
def test_a_statement_is_proved_from_what_it_needs(statement: Statement) -> None:
    found = prove(statement.lhs, statement.rhs, statement.theory)
    assert isinstance(found, Proof), str(found)
    assert found.hypotheses == statement.uses
    assert {step.by for step in found.steps} - {None} <= statement.uses
    turned = prove(statement.rhs, statement.lhs, statement.theory)
    assert isinstance(turned, Proof)
    assert turned.form == found.form


@pytest.mark.parametrize("statement", HYPOTHETICAL, ids=str)
def test_it_is_not_proved_without_any_of_them(statement: Statement) -> None:
    for hypothesis in statement.uses:
        fewer = statement.theory.without(hypothesis)
        assert isinstance(prove(statement.lhs, statement.rhs, fewer), NotProved), str(hypothesis)


@pytest.mark.parametrize("statement", unprovable(), ids=str)
def test_a_false_statement_is_not_proved(statement: Statement) -> None:
    assert isinstance(prove(statement.lhs, statement.rhs, statement.theory), NotProved)


@pytest.mark.parametrize("statement", missed(), ids=str)
def test_a_statement_beyond_the_rules_is_not_proved(statement: Statement) -> None:
    assert isinstance(prove(statement.lhs, statement.rhs, statement.theory), NotProved)


def test_the_names_of_the_statements_differ() -> None:
    names = [one.name for one in (*PROVABLE, *unprovable(), *missed())]
    assert len(set(names)) == len(names)


# what a proof says


def test_a_proof_says_what_it_used_and_what_it_did() -> None:
    sides = equivariance(sym(k, gamma, IN_G), IN_G)
    assert str(proof(*sides, *acts(G), *over(G, gamma, l))) == "\n".join(
        [
            "proved from: gamma is equivariant over G",
            "  1. gamma(g0.x1) -> g0 gamma(x1), as gamma is equivariant over G",
            "  both are (g0.g~0.y~1) with ~0 gamma(x1), ~1 k(g~0^-1.x1)",
        ]
    )


def test_a_proof_says_which_section_and_which_actions_it_used() -> None:
    found = proof(S.box >> S.cosets.project, Diagram.id(Ty(C)), S)
    assert str(found).startswith("proved from: s : G/H -> G is a section\n  both are (")
    both = Compatible(Semidirect(N, G, twisted=False), X)
    found = proof(*passing(), both, *acts(G, N))
    assert str(found).startswith("proved from: the actions of N and G on X are those of their")


def passing() -> tuple[Diagram, Diagram]:
    """g.n.x and n.g.x."""
    dom, in_G, in_N = Ty(G.carrier, N.carrier, X), G.act(X), N.act(X)
    lhs, rhs = elementwise(
        dom, Ty(X), lambda g, n, x: in_G(g, in_N(n, x)), lambda g, n, x: in_N(n, in_G(g, x))
    )
    return lhs.diagram, rhs.diagram


def test_sharing_a_box_is_a_step_of_its_own() -> None:
    d = deterministic("d", Ty(X), Ty(Y))
    found = proof(d >> Diagram.copy(Ty(Y)), Diagram.copy(Ty(X)) >> d @ d)
    assert [str(step) for step in found.steps] == ["d is deterministic: two uses of it are one"]


def test_a_hypothesis_that_helps_nobody_is_not_used() -> None:
    side = PHI.box @ Diagram.id(Ty(X)) >> G.act(X) >> k
    assert not proof(side, side, *acts(G), *over(G, k), *over(PHI, k)).hypotheses


def test_one_of_two_hypotheses_is_used() -> None:
    along = PHI.box @ Diagram.id(Ty(X))
    lhs, rhs = (along >> side for side in equivariance(k, IN_G))
    found = proof(lhs, rhs, *acts(G), *over(G, k), *over(PHI, k))
    assert len(found.hypotheses) == 1


def test_a_refusal_shows_both_normal_forms() -> None:
    found = prove(k, discarding(stochastic("p", Ty(), Ty(Y)), Ty(X)), Theory())
    assert str(found) == (
        "not proved: one side is (y~0) with ~0 k(x0), the other (y~0) with ~0 p()"
    )


# messages


def test_sides_of_two_types_are_refused() -> None:
    message = r"^wanted two sides of one type, got \(k : X -> Y\) and \(inv : G -> G\)$"
    with pytest.raises(CompositionError, match=message):
        prove(k, G.inverse, Theory(G))


@pytest.mark.parametrize(
    ("assumed", "message"),
    [
        ([Acts(G, G.carrier)], r"^G acts on G, which is a group, no space; leave it out$"),
        ([Acts(G, K.carrier), K], r"^G acts on K, .*; state a Semidirect product$"),
        ([CosetObject(PHI, K.carrier), K], r"^G acts on K, which is a group, no space"),
        ([Compatible(Semidirect(G, G, twisted=False), X)], r"^G, G pass in a circle; turn one"),
        (
            [CosetObject(PHI, C), CosetObject(Hom(H, G, "psi"), C)],
            r"^G/H are the cosets of p.i, and of another homomorphism; give them another object$",
        ),
    ],
    ids=[
        "itself",
        "another group",
        "cosets that are a group",
        "a product with itself",
        "cosets twice",
    ],
)
def test_a_theory_that_cannot_be_worked_with_is_refused(
    assumed: list[Structure | Hypothesis], message: str
) -> None:
    with pytest.raises(TheoryError, match=message):
        Theory(*assumed)


def test_no_homomorphism_takes_the_place_of_the_inverse() -> None:
    with pytest.raises(TheoryError, match=r"^wanted another name for the homomorphism: inv is"):
        Hom(G, G, "inv")
    assert Hom(H, G, "inv").box.name == "inv"


def test_products_in_a_circle_are_refused_on_one_space_only() -> None:
    pairs = [(G, K), (K, N), (N, G)]
    products = [Semidirect(a, b, twisted=False) for a, b in pairs]
    with pytest.raises(TheoryError, match=r"pass in a circle; turn one product round$"):
        Theory(*(Compatible(product, X) for product in products))
    Theory(*(Compatible(product, Ob(str(i))) for i, product in enumerate(products)))


# sizes: no recursion over diagrams, no words without bound


def squares(G: GroupObject, times: int) -> Diagram:
    """g to the power 2^times."""

    @Diagram.from_callable(G.type, G.type)
    def power(g: Wire) -> Wire:
        for _ in range(times):
            g = G.multiply(g, g)
        return g

    return power


def test_a_word_that_grows_too_long_is_not_proved() -> None:
    assert isinstance(prove(squares(G, 12), squares(G, 12), Theory(G)), Proof)
    found = prove(squares(G, 13), squares(G, 13), Theory(G))
    assert str(found) == "not proved: a word in group elements grew too long"


def test_a_letter_that_grows_too_deep_is_not_proved() -> None:
    phi = Hom(G, G, "phi")

    def image(times: int) -> Diagram:
        @Diagram.from_callable(G.type, G.type)
        def deep(g: Wire) -> Wire:
            for _ in range(times):
                g = phi.box(g)
            return g

        return deep

    assert proof(image(20), image(20), phi)
    found = prove(image(3000), image(3000), Theory(phi))
    assert str(found) == "not proved: a word in group elements grew too long"


def test_letters_within_letters_count() -> None:
    there, back = Semidirect(N, G), Semidirect(G, N)

    @Diagram.from_callable(Ty(G.carrier, N.carrier), Ty(N.carrier))
    def nested(g: Wire, n: Wire) -> Wire:
        for _ in range(20):
            g = back.rho(n, g)
            n = there.rho(g, n)
        return n

    assert str(prove(nested, nested, Theory(there, back))).endswith("grew too long")


def test_a_word_may_be_too_long_without_a_hypothesis() -> None:
    power = squares(N, 10)

    @Diagram.from_callable(Ty(G.carrier, N.carrier, X), Ty(X))
    def around(g: Wire, n: Wire, x: Wire) -> Wire:
        m = power(n)
        for _ in range(3):
            x = N.act(X)(N.inverse(m), G.act(X)(G.inverse(g), x))
            x = N.act(X)(m, G.act(X)(g, x))
        return x

    both = Compatible(Semidirect(N, G, twisted=False), X)
    nothing = Diagram.discard(Ty(G.carrier, N.carrier)) @ Diagram.id(Ty(X))
    assert proof(around, nothing, both, *acts(G, N)).hypotheses == {both}


def test_letters_that_others_block_are_left_in_place() -> None:
    pairs = [(N, G), (G, K)]  # G commutes with both, and they do not commute with each other
    both = [Compatible(Semidirect(a, b, twisted=False), X) for a, b in pairs]

    @Diagram.from_callable(Ty(K.carrier, N.carrier, G.carrier, X), Ty(Y))
    def blocked(h: Wire, n: Wire, g: Wire, x: Wire) -> Any:
        return k(K.act(X)(h, N.act(X)(n, G.act(X)(g, x))))

    assert not proof(blocked, blocked, *both, *acts(G, K, N), *over(G, k)).hypotheses


def test_a_deep_recursion_is_equivariant() -> None:
    rec: Arrow = discarding(HAAR[G], Ty(X))
    for depth in range(32):
        rec = recursive(rec, stochastic(f"gamma{depth}", Ty(X), G.type), IN_G)
    sides = equivariance(sym(k, rec, IN_G), IN_G)
    assert proof(*sides, invariant(G), *acts(G)).hypotheses == {invariant(G)}


@pytest.mark.parametrize("noisy", [True, False], ids=["stochastic", "deterministic"])
def test_a_chain_of_1200_equivariant_boxes_is_equivariant(*, noisy: bool) -> None:
    make = stochastic if noisy else deterministic
    step = make("step", Ty(X), Ty(X))

    @Diagram.from_callable(Ty(X), Ty(X))
    def chain(x: Wire) -> Wire:
        for _ in range(1200):
            x = step(x)
        return x

    assert proof(*equivariance(chain, IN_G), *acts(G), *over(G, step)).hypotheses
