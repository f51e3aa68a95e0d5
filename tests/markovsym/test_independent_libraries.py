"""Agreement with libraries that were written by others: e3nn, and the rotations of scipy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import pytest
import torch
from e3nn import o3
from scipy import stats
from scipy.spatial.transform import Rotation
from torch import Tensor

from markovsym.actions import GSpace, affine, gspace, matrix, restrict
from markovsym.groups import SE, SO, Homomorphism, O
from markovsym.kernels import Deterministic
from markovsym.spaces import space
from markovsym.symmetrise import average, declare_equivariant, gammas, haar, recursive, sym
from markovsym.testing import law_difference
from tests.markovsym.examples.crooked import apart, elements, error, fresh, linear, normal, qr

PRECISE = 1e-9
"""What e3nn's matrices may be off by: it makes them of Euler angles, bad ones near the poles."""
INPUT, OUTPUT = "3x1o+2e", "0e+0o+1o+1e+2e"


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """The tables of e3nn are of torch's default precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@final
@dataclass(frozen=True)
class Representation(Homomorphism):
    """O(3) -> O(n): the matrices that e3nn has for a representation."""

    irreps: str

    @property
    def dom(self) -> O:
        """O(3)."""
        return O(3)

    @property
    def cod(self) -> O:
        """As large as the representation."""
        return O(o3.Irreps(self.irreps).dim)

    def __call__(self, h: Tensor) -> Tensor:
        """The matrix that e3nn has for it."""
        return o3.Irreps(self.irreps).D_from_matrix(h)


def irreps(name: str) -> GSpace:
    """Vectors of a representation, as a space of O(3)."""
    phi = Representation(name)
    return restrict(gspace((phi.cod.n,), matrix(phi.cod)), phi)


def full(x: Tensor) -> Tensor:
    return linear(x, o3.Irreps(OUTPUT).dim, dims=1)


def frame(x: Tensor) -> Tensor:
    """Of the three vectors that come first."""
    return qr(x[..., :9].unflatten(-1, (3, 3)).mT)


def moved(name: str, g: Tensor, x: Tensor) -> Tensor:
    """By e3nn's matrix, entry by entry of the sum."""
    return torch.einsum("ij,...j->...i", o3.Irreps(name).D_from_matrix(g), x)


X, Y = irreps(INPUT), irreps(OUTPUT)
K = Deterministic(full, X, Y)


def test_vectors_are_moved_as_e3nn_moves_them() -> None:
    V, x = gspace((4, 3), matrix(O(3))), normal(4, 3)
    for g in elements(O(3)):
        assert apart(V.act(g, x), moved("1o", g, x)) < PRECISE
        squares = gspace((3, 3), matrix(O(3), (-2, -1)))
        split = o3.ReducedTensorProducts("ij", i="1o", j="1o")
        parts, turned = (
            torch.einsum("kij,ij->k", split.change_of_basis, one)
            for one in (x[:3], squares.act(g, x[:3]))
        )
        assert apart(turned, moved(str(split.irreps_out), g, parts)) < PRECISE


def test_representations_of_e3nn_are_homomorphisms() -> None:
    phi, moves = Representation(INPUT), elements(O(3))
    for g in moves:
        for h in moves:
            assert apart(phi(g @ h), phi(g) @ phi(h)) < PRECISE
        assert bool(phi.cod.contains(phi(g), tolerance=PRECISE))


def test_a_map_between_irreps_is_canonicalised() -> None:
    s, x = sym(K, gammas.canonical(frame, X, O(3))), normal(6, 14)
    with torch.no_grad():
        here = s.sample(x, generator=fresh())
        for g in elements(O(3)):
            there = s.sample(moved(INPUT, g, x), generator=fresh())
            assert apart(there, moved(OUTPUT, g, here)) < PRECISE
            assert apart(full(moved(INPUT, g, x)), moved(OUTPUT, g, full(x))) > 0.3
    literal = [
        moved(OUTPUT, R, full(moved(INPUT, R.T, one))) for one, R in zip(x, frame(x), strict=True)
    ]
    assert apart(here, torch.stack(literal)) < PRECISE


@pytest.mark.parametrize("learned", [False, True], ids=["haar", "recursive"])
def test_a_map_between_irreps_is_symmetrised_in_law(learned: bool) -> None:
    gamma = haar(O(3), X)
    if learned:
        net = gammas.MLP(X, (3, 3), hidden=(16,), noise=4).double()
        gamma = recursive(gamma, gammas.learned(net, X, O(3), noise=space((4,))))
    s, x, generator = sym(K, gamma), normal(14), fresh()
    with torch.no_grad():
        for g in elements(O(3)):
            for kernel, equivariant in ((s, True), (K, False)):
                many = x.expand(1024, 14)
                here = kernel.sample(many, generator=generator)
                there = kernel.sample(moved(INPUT, g, many), generator=generator)
                back = moved(OUTPUT, g.T, there)
                p = law_difference(here, back)
                assert (p > 1e-9) == equivariant


def test_what_e3nn_makes_equivariant_stays_as_it_is() -> None:
    layer = o3.FullyConnectedTensorProduct(INPUT, INPUT, OUTPUT)
    with torch.no_grad():
        for i, p in enumerate(layer.parameters()):
            p.copy_(normal(*p.shape, seed=i))
    k = Deterministic(lambda x: layer(x, x), X, Y)
    x = normal(6, 14)
    with torch.no_grad():
        size = float(layer(x, x).abs().max())
        assert size > 1
        assert error(k, x) < PRECISE * size
        s = sym(k, haar(O(3), X))
        assert apart(s.sample(x, generator=fresh()), layer(x, x)) < PRECISE * size


def test_spherical_harmonics_are_equivariant_under_our_actions() -> None:
    k = Deterministic(
        lambda x: o3.spherical_harmonics("0e+1o+2e+3o", x, True),
        irreps("1o"),
        irreps("0e+1o+2e+3o"),
    )
    assert error(k, normal(6, 3)) < PRECISE
    wrong = Deterministic(k.function, irreps("1o"), irreps("0e+1o+2o+3o"))
    assert error(wrong, normal(6, 3)) > 0.5


def test_the_mean_over_haar_is_what_schur_says() -> None:
    M = normal(14, 14, seed=3)
    k = Deterministic(lambda x: x @ M.T, X, X)
    x = normal(14)
    found = average(sym(k, haar(O(3), X)), 4000).estimate(x, generator=fresh())
    wanted = torch.zeros(14, dtype=torch.float64)
    for i in range(3):
        for j in range(3):
            rows, columns = slice(3 * i, 3 * i + 3), slice(3 * j, 3 * j + 3)
            wanted[rows] += M[rows, columns].trace() / 3 * x[columns]
    wanted[9:] = M[9:, 9:].trace() / 5 * x[9:]
    assert ((found.value - wanted).abs() < 5 * found.error).all()


def test_a_declared_map_is_left_alone() -> None:
    k = declare_equivariant(Deterministic(lambda x: 2 * x, X, X), O(3))
    x = normal(6, 14)
    assert apart(sym(k, haar(O(3), X)).sample(x, generator=fresh()), 2 * x) < PRECISE


def rotations(count: int, seed: int) -> tuple[Rotation, Tensor]:
    """As scipy has them, and as tensors."""
    R = Rotation.random(count, rng=np.random.default_rng(seed))
    return R, torch.from_numpy(R.as_matrix())


def test_products_and_inverses_are_those_of_scipy() -> None:
    (R, g), (Q, h) = rotations(50, 0), rotations(50, 1)
    G = SO(3)
    assert G.contains(g, tolerance=1e-12).all()
    assert apart(G.multiply(g, h), torch.from_numpy((R * Q).as_matrix())) < 1e-14
    assert apart(G.inverse(g), torch.from_numpy(R.inv().as_matrix())) < 1e-14
    assert apart(G.identity(dtype=g.dtype), torch.from_numpy(Rotation.identity().as_matrix())) == 0


def test_points_are_turned_as_scipy_turns_them() -> None:
    R, g = rotations(50, 0)
    x = normal(50, 4, 3)
    wanted = np.stack([one.apply(points) for one, points in zip(R, x.numpy(), strict=True)])
    assert apart(gspace((4, 3), matrix(SO(3))).act(g, x), torch.from_numpy(wanted)) < 1e-14
    t = normal(50, 3, seed=1)
    both = gspace((4, 3), affine(SE(3))).act((t, g), x)
    assert apart(both, torch.from_numpy(wanted) + t[:, None]) < 1e-14
    # a product of motions turns first, and then shifts
    s, h = normal(50, 3, seed=2), rotations(50, 1)[1]
    shift, _ = SE(3).multiply((t, g), (s, h))
    assert apart(shift, torch.from_numpy(R.apply(s.numpy())) + t) < 1e-14


def test_turns_by_one_radian_are_those_of_scipy() -> None:
    found = SO(3).generators(dtype=torch.float64)
    axes = [[0, 0, 1], [1, 0, 0]]  # in the planes of axes 0 and 1, and of 1 and 2
    for g, axis in zip(found, axes, strict=True):
        assert apart(g, torch.from_numpy(Rotation.from_rotvec(axis).as_matrix())) < 1e-14


def test_haar_has_the_moments_of_scipys_random_rotations() -> None:
    _, theirs = rotations(20_000, 0)
    ours = SO(3).haar(20_000, generator=fresh(), dtype=torch.float64)
    p = law_difference(ours.flatten(1), theirs.flatten(1))
    assert p > 1e-9
    skewed, _ = torch.linalg.qr(normal(20_000, 3, 3))
    p = law_difference(skewed.flatten(1), theirs.flatten(1))
    assert p < 1e-9


def test_haar_turns_by_angles_of_the_law_of_scipys() -> None:
    R, _ = rotations(20_000, 0)
    ours = SO(3).haar(20_000, generator=fresh(), dtype=torch.float64)
    angles = Rotation.from_matrix(ours.numpy()).magnitude()
    assert stats.ks_2samp(angles, R.magnitude()).pvalue > 1e-9
    # the density of the angle is (1 - cos) / pi
    assert stats.kstest(angles, lambda a: (a - np.sin(a)) / np.pi).pvalue > 1e-9
    assert stats.kstest(angles, lambda a: a / np.pi).pvalue < 1e-9


def test_frames_of_the_learned_kind_are_rotations_to_scipy() -> None:
    Z = gspace((4, 3), matrix(SO(3)))
    net = gammas.MLP(Z, (3, 3), hidden=(8,), noise=8).double()
    with torch.no_grad():
        gamma = recursive(haar(SO(3), Z), gammas.learned(net, Z, SO(3)))
        g = gamma.sample(normal(50, 4, 3), generator=fresh())
    assert apart(torch.from_numpy(Rotation.from_matrix(g.numpy()).as_matrix()), g) < 1e-12
