import pytest

from markovsym.actions import GSpace, gspace, matrix, permutation, regular, together, trivial
from markovsym.errors import ActionMismatch, CompositionError, HypothesisMissing
from markovsym.groups import SO, Cosets, Direct, FactorInclusion, Inclusion, O, S
from markovsym.kernels import Deterministic, Identity
from markovsym.spaces import space
from markovsym.symmetrise import declare_equivariant, haar, sym

X = gspace((4, 3), matrix(O(3)))
GAMMA = Deterministic(lambda x: x[..., :3, :], X, regular(O(3)))
P = Direct(S(4), O(3))
XP = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
ROTATIONS = haar(Cosets(FactorInclusion(P, "left")), XP)  # along S(4) -> S(4) x O(3)


def test_a_gamma_that_is_not_known_to_be_equivariant_is_refused() -> None:
    message = (
        r"^gamma must be equivariant under O\(3\); build it from haar or "
        r"recursive, or state it with declare_equivariant\(gamma, G\)$"
    )
    with pytest.raises(HypothesisMissing, match=message):
        sym(Identity(X), GAMMA)
    with pytest.raises(HypothesisMissing, match=message):
        sym(Identity(X), declare_equivariant(GAMMA, Inclusion(SO(3), O(3))))


def test_a_base_that_is_not_known_to_be_equivariant_is_refused() -> None:
    message = r"^along S\(4\) -> .* must be equivariant under S\(4\);"
    for kernel in (Identity(XP), declare_equivariant(Identity(XP), O(3))):
        with pytest.raises(HypothesisMissing, match=message):
            sym(kernel, ROTATIONS)
        with pytest.raises(TypeError, match=message):
            sym(kernel, ROTATIONS)


def test_a_base_equivariant_under_the_whole_group_will_do() -> None:
    assert sym(declare_equivariant(Identity(XP), P), ROTATIONS).group == P


@pytest.mark.parametrize("cod", [X, space((3, 3)), regular(O(3)) @ regular(O(3))], ids=str)
def test_a_gamma_that_does_not_end_in_cosets_is_refused(cod: GSpace) -> None:
    message = r"^gamma must end in a space of cosets, as regular\(G\) is, got \("
    with pytest.raises(CompositionError, match=message):
        sym(Identity(X), Deterministic(lambda x: x, X, cod))


def test_a_kernel_without_actions_is_refused() -> None:
    message = r"^wanted a kernel between spaces with actions of one group, got .*; make both with"
    for kernel in (
        Identity(X.space),
        Deterministic(lambda x: x, X, X.space),
        Deterministic(lambda x: x, X, gspace((4, 3), permutation(S(4)))),
    ):
        with pytest.raises(CompositionError, match=message):
            sym(kernel, haar(O(3), X))


def test_a_kernel_of_another_group_than_gamma_is_refused() -> None:
    with pytest.raises(ActionMismatch, match=r"^gamma is of O\(3\), the kernel of SO"):
        sym(Identity(gspace((4, 3), matrix(SO(3)))), haar(O(3), X))


def test_a_kernel_that_starts_elsewhere_than_gamma_is_refused() -> None:
    with pytest.raises(CompositionError, match=r"\(\*batch, 5, 3\).*\(\*batch, 4, 3\)") as caught:
        sym(Identity(gspace((5, 3), matrix(O(3)))), haar(O(3), X))
    assert not isinstance(caught.value, ActionMismatch)
    with pytest.raises(ActionMismatch, match=r"Trivial.*Matrix"):
        sym(Identity(gspace((4, 3), trivial(O(3)))), haar(O(3), X))
