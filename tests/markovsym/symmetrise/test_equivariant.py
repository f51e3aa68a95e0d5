import pytest
import torch
from torch import nn

from markovsym.actions import gspace, matrix, permutation
from markovsym.errors import CompositionError
from markovsym.groups import SO, Inclusion, O, S
from markovsym.kernels import Deterministic, Discard, Identity, Kernel
from markovsym.spaces import space
from markovsym.symmetrise import Tested, declare_equivariant
from markovsym.symmetrise.equivariant import ends

X = gspace((4, 3), matrix(O(3)))


def test_a_declared_kernel_draws_what_it_drew(generator: torch.Generator) -> None:
    k = declare_equivariant(Deterministic(lambda x: 2 * x, X, X), O(3))
    assert (k.dom, k.cod, k.group) == (X, X, O(3))
    found = k.sample(torch.ones(7, 4, 3), generator=generator)
    assert torch.equal(found, torch.full((7, 4, 3), 2.0))


def test_a_declaration_says_that_it_is_one() -> None:
    k = declare_equivariant(Identity(X), Inclusion(SO(3), O(3)))
    assert (k.group, k.over) == (SO(3), Inclusion(SO(3), O(3)))
    assert str(k.why) == "declared: equivariant under SO(3)"


def test_a_test_can_be_the_reason() -> None:
    k = declare_equivariant(Identity(X), O(3), Tested(O(3), n=4096, p=0.25))
    assert str(k.why) == "tested: equivariant under O(3), n = 4096, p = 0.25"
    with pytest.raises(CompositionError, match=r"^wanted a test under O\(3\), got one under SO"):
        declare_equivariant(Identity(X), O(3), Tested(SO(3), n=4096, p=0.25))


def test_parameters_of_a_declared_kernel_register() -> None:
    k = declare_equivariant(Deterministic(nn.Linear(3, 3), X, X), O(3))
    assert set(k.state_dict()) == {"kernel.function.weight", "kernel.function.bias"}


def test_the_ends_of_a_kernel_are_its_spaces() -> None:
    assert ends(Identity(X)) == (X, X)


@pytest.mark.parametrize(
    "kernel",
    [
        Identity(space((3,))),
        Deterministic(lambda x: x, X, X.space),
        Deterministic(lambda x: x, X.space, X),
        Deterministic(lambda x: x, X, gspace((4, 3), permutation(S(4)))),
        Discard(X.space),
    ],
    ids=["no action", "none at the end", "none at the start", "two groups", "the unit"],
)
def test_a_kernel_between_other_spaces_cannot_be_declared(kernel: Kernel) -> None:
    message = (
        r"^wanted a kernel between spaces with actions of one group, got \(.*\) and \(.*\); "
        r"make both with gspace$"
    )
    with pytest.raises(CompositionError, match=message):
        declare_equivariant(kernel, O(3))
