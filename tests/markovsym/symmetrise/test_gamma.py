import pytest
import torch

from markovsym.actions import (
    GSpace,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    trivial,
)
from markovsym.errors import CompositionError, NotCompactError
from markovsym.groups import (
    Cosets,
    Direct,
    E,
    FactorInclusion,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    O,
    S,
    T,
    TrivialGroup,
)
from markovsym.kernels import Identity
from markovsym.spaces import Kind, space
from markovsym.symmetrise import EquivariantKernel, cosets_of, haar
from markovsym.testing import assert_equivariant_in_law

P = Direct(S(4), O(3))
X = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
LEFT, RIGHT = (Cosets(FactorInclusion(P, side)) for side in ("left", "right"))


@pytest.mark.parametrize(
    "gamma",
    [
        haar(O(3), gspace((4, 3), matrix(O(3)))),
        haar(S(4), gspace((4, 3), permutation(S(4)))),
        haar(LEFT, X),
        haar(RIGHT, X),
        haar(Cosets(FixingAxes(3, 1)), gspace((4, 3), matrix(O(3)))),
        haar(Cosets(FixingPlaces(4, 2)), gspace((4, 3), permutation(S(4)))),
        haar(P, X),
    ],
    ids=lambda gamma: str(gamma.cod),
)
def test_haar_is_equivariant_in_law(gamma: EquivariantKernel, generator: torch.Generator) -> None:
    x = torch.randn(4, 3, generator=generator)
    assert_equivariant_in_law(gamma, x)


def test_haar_draws_an_element_for_each_entry_of_a_batch(generator: torch.Generator) -> None:
    gamma = haar(LEFT, X)
    g = gamma.sample(torch.zeros(2, 50, 4, 3, dtype=torch.float64), generator=generator)
    assert g.shape == (2, 50, 3, 3)
    assert g.dtype == torch.float64
    assert O(3).contains(g, tolerance=1e-10).all()
    assert len(g.flatten(0, 1).unique(dim=0)) == 100
    assert abs(float(torch.linalg.det(g).mean())) < 0.5


def test_haar_of_cosets_draws_representatives(generator: torch.Generator) -> None:
    x = torch.zeros(7, 4, 3)
    assert haar(LEFT, X).sample(x, generator=generator).shape == (7, 3, 3)
    assert S(4).contains(haar(RIGHT, X).sample(x, generator=generator)).all()


def test_haar_of_other_cosets_draws_these(generator: torch.Generator) -> None:
    Y = gspace((4, 3), matrix(O(3)))
    axes = haar(Cosets(FixingAxes(3, 1)), Y).sample(torch.zeros(20_000, 4, 3), generator=generator)
    torch.testing.assert_close(axes.norm(dim=-2), torch.ones(20_000, 1))
    counts = torch.histc(axes[:, 2, 0], 10, -1, 1)  # Archimedes: each coordinate is uniform
    assert (counts / 20_000 - 0.1).abs().max() < 5 * (0.09 / 20_000) ** 0.5
    Y = gspace((4, 3), permutation(S(4)))
    places = haar(Cosets(FixingPlaces(4, 1)), Y).sample(
        torch.zeros(8000, 4, 3), generator=generator
    )
    assert (torch.bincount(places[:, 0]) / 8000 - 0.25).abs().max() < 5 * (0.1875 / 8000) ** 0.5


def test_haar_of_several_tensors_draws_a_tuple(generator: torch.Generator) -> None:
    drawn = haar(P, X).sample(torch.zeros(7, 4, 3, dtype=torch.float64), generator=generator)
    assert P.contains(drawn, tolerance=1e-10).all()
    assert [part.dtype for part in drawn] == [torch.int64, torch.float64]


def test_haar_knows_its_type_and_why() -> None:
    gamma = haar(LEFT, X)
    assert (gamma.dom, gamma.cod, gamma.group) == (X, coset_space(LEFT), P)
    assert str(gamma.why).splitlines() == [
        "proved: equivariant under S(4) x O(3), in 1 step",
        "  Haar is left-invariant on O(3)",
    ]


def test_a_group_stands_for_its_cosets_of_the_trivial_group() -> None:
    Y = gspace((3,), matrix(O(3)))
    assert haar(O(3), Y).cod == haar(Cosets(FromTrivial(O(3))), Y).cod == regular(O(3))


def test_an_input_without_reals_will_do(generator: torch.Generator) -> None:
    Y = gspace((4,), permutation(S(4), (-1,)), Kind.INTEGER)
    g = haar(S(4), Y).sample(torch.zeros(7, 4, dtype=torch.int64), generator=generator)
    assert S(4).contains(g).all()
    Y = gspace((4,), trivial(O(3)), Kind.INTEGER)
    g = haar(O(3), Y).sample(torch.zeros(7, 4, dtype=torch.int64), generator=generator)
    assert (g.shape, g.dtype) == ((7, 3, 3), torch.float32)


def test_the_cosets_are_read_off_the_end_of_gamma() -> None:
    assert cosets_of(haar(LEFT, X)) == LEFT
    assert cosets_of(Identity(regular(O(3)))) == Cosets(FromTrivial(O(3)))


@pytest.mark.parametrize(
    "end", [X, space((3, 3)), regular(O(3)) @ regular(O(3))], ids=["points", "no action", "two"]
)
def test_what_ends_elsewhere_has_no_cosets(end: GSpace) -> None:
    message = r"^gamma must end in a space of cosets, as regular\(G\) is, got \(floating point"
    with pytest.raises(CompositionError, match=message):
        cosets_of(Identity(end))


def test_a_space_of_another_group_is_refused() -> None:
    message = r"^wanted a space of O\(3\), got one of S"
    with pytest.raises(CompositionError, match=message):
        haar(O(3), X)


@pytest.mark.parametrize("G", [T(2), Direct(TrivialGroup(), T(2)), E(2)], ids=str)
def test_a_group_without_a_haar_measure_is_refused_at_once(G: Group) -> None:
    message = r"^T\(2\) is not compact, so it has no Haar probability measure; read gamma off "
    with pytest.raises(NotCompactError, match=message):
        haar(G, regular(G))
