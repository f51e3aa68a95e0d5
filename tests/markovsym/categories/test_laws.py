from fractions import Fraction
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.categories import Affine, FinStoch, Gauss, Stochastic
from tests.markovsym.categories.kernel_cases import KERNEL_CASES
from tests.markovsym.categories.laws import Case, Law, laws_of


def stochastic(category: FinStoch, X: tuple[int, ...], Y: tuple[int, ...], seed: int) -> Stochastic:
    """Rows of small whole numbers over their sums, with zeros; one seed in three is a function."""
    random = Random(seed)
    if random.random() < 1 / 3:
        return function(category, X, Y, seed)
    rows = []
    for _ in range(torch.Size(X).numel()):
        weights = [random.randint(0, 3) for _ in range(torch.Size(Y).numel())]
        weights[random.randrange(len(weights))] += 1
        rows.append([Fraction(weight, sum(weights)) for weight in weights])
    return category.matrix(rows, X, Y)


def function(category: FinStoch, X: tuple[int, ...], Y: tuple[int, ...], seed: int) -> Stochastic:
    random = Random(seed)
    return category.function(lambda *x: tuple(random.randrange(n) for n in Y), X, Y)


def finite(name: str, category: FinStoch, *objects: tuple[int, ...]) -> Case:
    return Case(
        name,
        category,
        st.sampled_from(objects),
        lambda X, Y, seed: stochastic(category, X, Y, seed),
        lambda X, Y, seed: function(category, X, Y, seed),
        category.uniform((2,)),
    )


def affine(X: tuple[int, ...], Y: tuple[int, ...], seed: int, rank: int | None = None) -> Affine:
    """Small whole numbers, so that ranks are sharp; the covariance may be singular or zero."""
    random = Random(seed)
    n, m = sum(X), sum(Y)
    rank = random.randint(0, m) if rank is None else rank
    matrix, offset, root = (
        torch.tensor([float(random.randint(-2, 2)) for _ in range(size)]).double()
        for size in (m * n, m, m * rank)
    )
    root = root.reshape(m, rank)
    return Affine(X, Y, matrix.reshape(m, n), offset, root @ root.mT)


CASES = [
    finite("FinStoch", FinStoch(), (), (1,), (2,), (3,), (2, 1)),
    finite("FinStoch-exact", FinStoch(exact=True), (), (1,), (2,), (1, 2)),
    Case(
        "Gauss",
        Gauss(),
        st.sampled_from([(), (1,), (2,), (1, 2), (0,)]),
        affine,
        lambda X, Y, seed: affine(X, Y, seed, rank=0),
        Gauss().normal(torch.zeros(1), torch.eye(1)),
    ),
    *KERNEL_CASES,
]
CLAIMS = [(case, law) for case in CASES for law in laws_of(case)]


@pytest.mark.parametrize(
    ("case", "law"), CLAIMS, ids=[f"{case.name}-{law.__name__}" for case, law in CLAIMS]
)
@given(data=st.data())
def test_the_law_holds(case: Case, law: Law, data: st.DataObject) -> None:
    law(case, data)
