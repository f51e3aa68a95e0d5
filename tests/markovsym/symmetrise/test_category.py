import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, trivial
from markovsym.errors import ActionMismatch, HypothesisMissing
from markovsym.groups import SO, Direct, O, S
from markovsym.kernels import Deterministic, Identity, Kernel, NoiseOutsourced
from markovsym.symmetrise import (
    EquivariantKernel,
    EquivariantSamplers,
    Proved,
    declare_equivariant,
    haar,
    sym,
)
from markovsym.symmetrise.equivariant import Derived
from markovsym.syntax import Box, Diagram, Ob, Ty
from markovsym.testing import assert_equivariant_in_law

G = O(3)
C = EquivariantSamplers(G)
X, R = gspace((4, 3), matrix(G)), gspace((4,), trivial(G))


def lengths(x: Tensor) -> Tensor:
    return x.norm(dim=-1)


def doubled(x: Tensor) -> Tensor:
    return 2 * x


def crooked(x: Tensor) -> Tensor:
    return x + torch.tensor([1.0, 2.0, 3.0])


LENGTHS = declare_equivariant(Deterministic(lengths, X, R), G)
DOUBLED = declare_equivariant(Deterministic(doubled, X, X), G)
CROOKED = Deterministic(crooked, X, X)
NOISY = declare_equivariant(NoiseOutsourced(torch.add, X, X, X), G)


def test_equivariant_kernels_in_a_row_are_equivariant(generator: torch.Generator) -> None:
    k = DOUBLED >> LENGTHS
    assert isinstance(k, EquivariantKernel)
    assert (k.dom, k.cod, k.group) == (X, R, G)
    assert str(k.why).splitlines() == [
        "proved: equivariant under O(3), in 2 steps",
        "  doubled is equivariant over O(3)",
        "  lengths is equivariant over O(3)",
        "  doubled is declared: equivariant under O(3)",
        "  lengths is declared: equivariant under O(3)",
    ]
    x = torch.randn(5, 4, 3, generator=generator)
    assert torch.equal(k.sample(x, generator=generator), (2 * x).norm(dim=-1))


def test_equivariant_kernels_side_by_side_are_equivariant(generator: torch.Generator) -> None:
    k = DOUBLED @ LENGTHS
    assert isinstance(k, EquivariantKernel)
    assert (k.dom, k.cod) == (X @ X, X @ R)
    x = torch.randn(5, 4, 3, generator=generator)
    y, n = k.sample((x, x), generator=generator)
    assert torch.equal(y, 2 * x)
    assert torch.equal(n, x.norm(dim=-1))


@pytest.mark.parametrize("k", [DOUBLED >> CROOKED, CROOKED >> DOUBLED, DOUBLED @ CROOKED])
def test_a_crooked_kernel_spoils_it(k: Kernel) -> None:
    assert not isinstance(k, EquivariantKernel)
    with pytest.raises(
        HypothesisMissing, match=r"^not known to be equivariant under O\(3\): one side"
    ):
        Derived(k)


def test_a_symmetrised_kernel_may_be_a_part(generator: torch.Generator) -> None:
    k = NOISY >> sym(CROOKED, haar(G, X)) >> LENGTHS
    assert isinstance(k, EquivariantKernel)
    assert isinstance(k.why, Proved)
    assert_equivariant_in_law(k, torch.randn(4, 3, generator=generator))


def test_under_a_product_of_groups_there_is_a_proof_for_each() -> None:
    P = Direct(S(4), O(3))
    Z = gspace((4, 3), trivial(P))
    k = declare_equivariant(Identity(Z), P) >> declare_equivariant(Identity(Z), P)
    assert isinstance(k.why, Proved)
    assert len(k.why.proofs) == 2
    half = declare_equivariant(Identity(Z), S(4)) >> declare_equivariant(Identity(Z), P)
    assert not isinstance(half, EquivariantKernel)


@pytest.mark.parametrize("name", ["identity", "copy", "discard"])
def test_wires_are_equivariant_by_themselves(name: str) -> None:
    k = getattr(C, name)(X)
    wanted = {"identity": X, "copy": X @ X, "discard": GSpace(G, ())}
    assert (k.dom, k.cod) == (X, wanted[name])
    assert str(k.why) == "proved: equivariant under O(3), in 0 steps"


def test_a_diagram_of_equivariant_kernels_is_one(generator: torch.Generator) -> None:
    f, g = Box("f", Ty("X"), Ty("X")), Box("g", Ty("X"), Ty("R"))
    both = f >> Diagram.copy(Ty("X")) >> g @ Diagram.id(Ty("X"))
    k = C.evaluate(both, {Ob("X"): X, Ob("R"): R}, {f: NOISY, g: LENGTHS})
    n, x = k.sample(torch.zeros(3, 4, 3), generator=generator)
    assert torch.equal(n, x.norm(dim=-1))
    assert isinstance(k.why, Proved)
    with pytest.raises(HypothesisMissing, match=r"under O\(3\), got crooked; make it so with sym"):
        C.evaluate(both, {Ob("X"): X, Ob("R"): R}, {f: CROOKED, g: LENGTHS})


def test_two_actions_of_one_group_do_not_compose() -> None:
    still = declare_equivariant(Identity(gspace((4, 3), trivial(G))), G)
    with pytest.raises(ActionMismatch, match=r"Matrix\(.*the next starts in the same .*Trivial\("):
        DOUBLED >> still
    with pytest.raises(ActionMismatch):
        C.compose(DOUBLED, still)


def test_two_groups_do_not_compose() -> None:
    other = declare_equivariant(Identity(gspace((4, 3), matrix(SO(3)))), SO(3))
    message = r"^the first kernel ends in a space of O\(3\), the next starts in one of SO\(3\);"
    with pytest.raises(ActionMismatch, match=message):
        DOUBLED >> other
    with pytest.raises(
        ActionMismatch, match=r"^wanted one group on all factors, got O\(3\) and SO"
    ):
        DOUBLED @ other
