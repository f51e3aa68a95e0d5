import math

import pytest
import torch

from markovsym.errors import SpaceError
from markovsym.groups import SO, C, D, Direct, FiniteGroup, O, S, TrivialGroup, U
from markovsym.groups.enumeration import closure
from markovsym.groups.listed import (
    Listed,
    regular_permutations,
    rotations,
    subgroup,
    symmetries_of_polygon,
)

KLEIN = FiniteGroup(((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)))
SIGN = Listed(C(2), O(1), (((1,),), ((-1,),)))
HOMOMORPHISMS = [
    SIGN,
    *(rotations(n) for n in (1, 2, 5, 4096)),
    *(symmetries_of_polygon(n) for n in (1, 2, 3, 6)),
    *(regular_permutations(G) for G in (C(1), C(5), D(3), KLEIN)),
    Listed(C(4), U(1), tuple(((1j**k,),) for k in range(4))),
    Listed(C(2), Direct(C(4), S(2)), ((0, (0, 1)), (2, (1, 0)))),
    Listed(C(3), TrivialGroup(), ((), (), ())),
    subgroup(S(4), closure(S(4), [torch.tensor([1, 2, 0, 3])])),
]
every_homomorphism = pytest.mark.parametrize("phi", HOMOMORPHISMS, ids=str)


@every_homomorphism
def test_products_are_respected(phi: Listed) -> None:
    h = phi.dom.elements()[:50]
    g = h.unsqueeze(-1)
    images = phi.cod.multiply(phi(g), phi(h)) if phi.cod != TrivialGroup() else ()
    torch.testing.assert_close(phi(phi.dom.multiply(g, h)), images, rtol=0, atol=1e-12)
    assert phi.cod.contains(phi(h), tolerance=1e-12).all()


def test_a_quarter_turn_goes_from_the_first_axis_to_the_second() -> None:
    quarter = rotations(4)(torch.tensor(1))
    wanted = torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(quarter, wanted, rtol=0, atol=1e-15)


def test_the_symmetries_of_a_triangle() -> None:
    corners = torch.tensor(
        [[math.cos(k * math.tau / 3), math.sin(k * math.tau / 3)] for k in range(3)]
    )
    g = symmetries_of_polygon(3)(torch.arange(6))
    moved = (g @ corners.double().mT).mT
    places = torch.cdist(moved, corners.double().expand(6, 3, 2)).argmin(-1)
    assert places.tolist() == [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]]


def test_a_group_permutes_itself() -> None:
    assert regular_permutations(C(3)).images == ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    assert regular_permutations(KLEIN).images == KLEIN.table


def test_a_subgroup_is_sent_to_its_elements() -> None:
    elements = closure(SO(2), rotations(6)(torch.tensor([1])).unbind())
    phi = subgroup(SO(2), elements)
    assert (phi.dom.order, phi.cod) == (6, SO(2))
    torch.testing.assert_close(phi(torch.arange(6)), elements)


def test_images_come_in_batches_and_in_double_precision() -> None:
    assert rotations(5)(torch.zeros(2, 3, dtype=torch.int64)).shape == (2, 3, 2, 2)
    assert rotations(5)(torch.tensor(0)).dtype == torch.float64
    assert regular_permutations(C(3))(torch.tensor(0)).dtype == torch.int64


def test_homomorphisms_are_equal_by_content() -> None:
    assert rotations(5) == rotations(5) != rotations(6)
    assert len({*HOMOMORPHISMS, *HOMOMORPHISMS, rotations(5)}) == len(HOMOMORPHISMS)
    assert Listed(C(2), O(1), (((1.0,),), ((-1.0,),))) == SIGN


def test_a_homomorphism_says_where_it_goes() -> None:
    assert str(symmetries_of_polygon(3)) == "D(3) -> O(2)"
    assert (SIGN.dom, SIGN.cod) == (C(2), O(1))


def test_a_map_that_is_no_homomorphism_is_refused() -> None:
    message = (
        r"^wanted a homomorphism C\(3\) -> O\(1\), but the product of the images of 1 and 1 is not "
        "the image of their product$"
    )
    with pytest.raises(ValueError, match=message):
        Listed(C(3), O(1), (((1,),), ((-1,),), ((-1,),)))
    with pytest.raises(ValueError, match="the product of the images of 0 and 0 is not"):
        Listed(C(1), C(3), (1,))


def test_images_that_are_no_elements_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^wanted 2 images, one for each element of C\(2\), got 1$"
    ):
        Listed(C(2), O(1), (((1,),),))
    with pytest.raises(ValueError, match=r"^the image of 1 is no element of O\(1\)$"):
        Listed(C(2), O(1), (((1,),), ((2,),)))
    with pytest.raises(SpaceError, match=r"^wanted floating point of shape \(\*batch, 2, 2\), got"):
        Listed(C(2), O(2), (((1,),), ((-1,),)))


def test_it_is_written_as_an_arrow() -> None:
    assert repr(rotations(4)) == "Listed(C(4) -> SO(2))"
