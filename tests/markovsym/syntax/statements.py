"""The table of statements: those that must be proved, those that must not, those not found yet.

``provable()`` yields what a table of name, steps and time can be printed from.
"""

from tests.markovsym.syntax import (
    stated_cosets,
    stated_false,
    stated_groups,
    stated_laws,
    stated_products,
    stated_sym,
)
from tests.markovsym.syntax.stated import Statement

AREAS = {
    "Markov": stated_groups.markov,
    "group": stated_groups.groups,
    "action": stated_groups.actions,
    "homomorphism": stated_groups.homomorphisms,
    "equivariant kernels": stated_groups.kernels,
    "sym": stated_sym.symmetrised,
    "curry": stated_sym.bijection,
    "naturality": stated_sym.natural,
    "Haar": stated_sym.haar_states,
    "laws": stated_laws.states,
    "laws along phi": stated_laws.along,
    "cosets": stated_cosets.cosets,
    "cosets of another group": stated_cosets.of_another_group,
    "along phi": stated_cosets.along_phi,
    "composition": stated_cosets.composition,
    "automorphisms": stated_products.automorphisms,
    "pairs": stated_products.pairs,
    "products": stated_products.products,
    "products along phi": stated_products.along,
}


def provable() -> list[Statement]:
    """Statements that must be proved, each from exactly what it uses."""
    return [statement for area in AREAS.values() for statement in area()]


def unprovable() -> list[Statement]:
    """Statements that must not be proved: each is false in some model."""
    false = (
        stated_false.of_one_group,
        stated_false.of_two_groups,
        stated_false.of_cosets,
        stated_laws.false,
    )
    return [statement for area in false for statement in area()]


def missed() -> list[Statement]:
    """Statements that hold in every finite model, and that no rule finds yet."""
    return list(stated_false.missed())
