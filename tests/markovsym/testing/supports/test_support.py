"""What leaves its space is seen there, though it is equivariant."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from markovsym.actions import gspace, matrix, permutation, regular, trivial
from markovsym.groups import SO, S
from markovsym.kernels import Deterministic
from markovsym.spaces import CentreFree, Kind, Orthogonal
from markovsym.symmetrise import haar
from markovsym.testing.effort import Effort
from markovsym.testing.law.in_law import equivariance_in_law
from markovsym.testing.supports.support import assert_in_space
from tests.markovsym.testing.clouds import CENTRED, FREE, MASK, G, centred, drifting, leaking, noisy

FULL = gspace((5, 3), matrix(G), constraint=CentreFree())
FAST = Effort(alpha=1e-4, examples=4, pairs=512)


@given(st.integers(0, 1000))
def test_centred_noise_passes(seed: int) -> None:
    assert assert_in_space(noisy, CENTRED @ MASK, CENTRED, seed=seed) < 1e-5


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_points_may_have_either_precision_and_any_batch(dtype: torch.dtype) -> None:
    x = torch.randn(3, 4, 3, dtype=dtype)
    mask = torch.tensor([[True, True, True, False]] * 3)
    off = assert_in_space(noisy, CENTRED @ MASK, CENTRED, (centred(x, mask), mask))
    assert off < {torch.float32: 1e-5, torch.float64: 1e-14}[dtype]
    one = (centred(x, mask)[0], mask[0])
    assert_in_space(noisy, CENTRED @ MASK, CENTRED, one)


def test_points_that_are_made_here_lie_in_their_space() -> None:
    assert_in_space(lambda x, mask: (x, mask), CENTRED @ MASK)
    assert_in_space(lambda x, mask: x, FREE @ MASK, FREE)


def test_there_are_64_draws_however_many_points() -> None:
    seen: list[int] = []

    def model(x: Tensor) -> Tensor:
        seen.append(len(x))
        return x

    for shape in ((5, 3), (3, 5, 3), (100, 5, 3), (2, 50, 5, 3)):
        x = torch.randn(*shape)
        assert_in_space(model, FULL, x=x - x.mean(-2, keepdim=True))
    assert seen == [64] * 4


def test_a_masked_atom_that_leaks_is_seen() -> None:
    with pytest.raises(
        AssertionError,
        match=r"^a draw of \(floating point of shape \(\*batch, atom, 3\)\) does not satisfy "
        r"CentreFree: it is off by .* of the largest entry, where rounding explains 4\.9e-04; it "
        r"does where all rows exist: is a mean taken over the others too\?$",
    ):
        assert_in_space(leaking, CENTRED @ MASK, CENTRED)


def test_a_centre_of_mass_that_is_kept_is_seen() -> None:
    with pytest.raises(AssertionError, match=r"satisfy CentreFree.*taken from all that is"):
        assert_in_space(drifting, CENTRED @ MASK, CENTRED)
    with pytest.raises(AssertionError, match="taken from all that is drawn and added"):
        assert_in_space(lambda x: x + torch.randn_like(x), FULL)
    masked = (torch.zeros(2, 3, 3), torch.tensor([[True, True, False]] * 2))
    with pytest.raises(AssertionError, match="taken from all that is drawn and added"):
        assert_in_space(drifting, CENTRED @ MASK, CENTRED, masked)


def test_both_are_equivariant_all_the_same() -> None:
    """No test of equivariance sees them: verification.md, section 8.2."""
    for model in (leaking, drifting):
        found = equivariance_in_law(model, X=CENTRED @ MASK, Y=CENTRED, effort=FAST)
        assert not found.rejected


def test_rows_that_do_not_exist_are_zero() -> None:
    def left(x: Tensor, mask: Tensor) -> Tensor:
        return torch.where(mask.unsqueeze(-1), x, 0.5)

    with pytest.raises(AssertionError, match=r"entries up to 5\.0e-01 in rows that do not exist"):
        assert_in_space(left, FREE @ MASK, FREE)
    assert_in_space(lambda x, mask: x * mask.unsqueeze(-1), FREE @ MASK, FREE)
    assert_in_space(
        lambda x, mask: mask.int().long() * 7,
        FREE @ MASK,
        gspace(("atom",), trivial(G), Kind.INTEGER),
    )


def test_pairs_of_which_one_row_does_not_exist_are_zero() -> None:
    pairs = gspace(("atom", "atom"), trivial(G))
    assert_in_space(lambda x, m: 1.0 * (m[:, :, None] & m[:, None]), FREE @ MASK, pairs)
    with pytest.raises(AssertionError, match="in rows that do not exist"):
        assert_in_space(lambda x, m: 1.0 * m[:, :, None].expand(-1, -1, 7), FREE @ MASK, pairs)


def test_the_mask_of_the_output_goes_before_that_of_the_input() -> None:
    def shorter(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        fewer = mask.clone()
        fewer[:, 0] = False
        return centred(x, fewer), fewer

    assert_in_space(shorter, FREE @ MASK, CENTRED @ MASK)
    with pytest.raises(AssertionError, match="in rows that do not exist"):
        assert_in_space(lambda x, m: (x, torch.zeros_like(m)), CENTRED @ MASK)


def test_draws_are_finite() -> None:
    with pytest.raises(AssertionError, match=r"is not finite$"):
        assert_in_space(lambda x: x.sqrt(), gspace((5,), trivial(G)))

    def divided(x: Tensor, mask: Tensor) -> Tensor:
        return x / mask.unsqueeze(-1)

    with pytest.raises(AssertionError, match="is not finite, in rows that do not exist"):
        assert_in_space(divided, FREE @ MASK, FREE)


def test_shape_kind_and_sizes_are_looked_at() -> None:
    X = gspace(("atom", 3), matrix(G))
    with pytest.raises(AssertionError, match=r"does not lie in its space: .* wanted floating poi"):
        assert_in_space(lambda x: x[..., :2], X)
    with pytest.raises(AssertionError, match="does not lie in its space"):
        assert_in_space(lambda x: x.long(), X)
    with pytest.raises(AssertionError, match="wanted 5 for the size atom of the input, got 4"):
        assert_in_space(lambda x: x[:, 1:], X)


def test_orthogonal_matrices_are_told_from_others() -> None:
    Y = gspace((3, 3), trivial(G), constraint=Orthogonal())
    assert_in_space(lambda x: torch.linalg.qr(x[:, :3]).Q, FREE, Y)
    with pytest.raises(AssertionError, match="does not satisfy Orthogonal: it is off by"):
        assert_in_space(lambda x: 1.01 * torch.linalg.qr(x[:, :3]).Q, FREE, Y)


def test_cosets_are_elements() -> None:
    X = gspace((5, 3), matrix(G))
    assert_in_space(haar(G, X))
    with pytest.raises(AssertionError, match="does not satisfy Orthogonal"):
        assert_in_space(lambda x: x[:, :3], X, regular(G))
    rotated = gspace((5, 3), matrix(SO(3)))
    with pytest.raises(AssertionError, match=r"64 of 64 draws are no elements of SO\(3\)"):
        assert_in_space(lambda x: -torch.eye(3).expand(len(x), 3, 3), rotated, regular(SO(3)))
    turned = gspace((4, 2), permutation(S(4)))
    with pytest.raises(AssertionError, match=r"draws are no elements of S\(4\)"):
        assert_in_space(lambda x: x[..., 0].argsort(-1) // 2, turned, regular(S(4)))


def test_a_state_has_draws_too() -> None:
    unit = FULL.unit
    state = Deterministic(lambda: torch.zeros(5, 3), unit, FULL)
    assert assert_in_space(state) == 0.0
    with pytest.raises(AssertionError, match="CentreFree"):
        assert_in_space(Deterministic(lambda: torch.ones(5, 3), unit, FULL))


def test_a_small_offset_is_more_than_rounding() -> None:
    x = torch.randn(64, 5, 3, dtype=torch.float64)
    x = x - x.mean(-2, keepdim=True)
    assert_in_space(lambda x: x, FULL, x=x)
    with pytest.raises(AssertionError, match=r"off by 8\.7e-11, .* explains 9\.1e-13"):
        assert_in_space(lambda x: x + 1e-11, FULL, x=x)


def test_a_module_is_looked_at_in_its_own_precision() -> None:
    net = nn.Linear(3, 3).double()
    with pytest.raises(AssertionError, match=r"where rounding explains 9\.1e-13"):
        assert_in_space(net, FULL)
