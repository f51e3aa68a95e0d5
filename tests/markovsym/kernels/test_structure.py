import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.kernels import Copy, Deterministic, Discard, Identity, Kernel, NoiseOutsourced, Swap
from markovsym.spaces import UNIT, Factor, Space, Value, space, value_of

seeds = st.integers(0, 2**32 - 1)
sizes = st.lists(st.integers(1, 3), min_size=1, max_size=2)


def some(*sizes: list[int]) -> list[Space]:
    """Products of spaces of vectors; made here, since Hypothesis and beartype do not mix there."""
    return [Space(tuple(Factor((n,)) for n in each)) for each in sizes]


def arrow(dom: Space, cod: Space, seed: int) -> Kernel:
    """A random function from vectors to vectors."""
    generator = torch.Generator().manual_seed(seed)
    starts, ends = ([int(factor.shape[0]) for factor in X.factors] for X in (dom, cod))
    weight = torch.randn(sum(starts), sum(ends), generator=generator, dtype=torch.float64)

    def function(*parts: Tensor) -> Value:
        return value_of(torch.tanh(torch.cat(parts, -1) @ weight).split(ends, -1))

    return Deterministic(function, dom, cod)


def assert_equal(f: Kernel, g: Kernel, seed: int) -> None:
    """Both are of one type and draw the same from the same seed, for a batch of four."""
    assert (f.dom, f.cod) == (g.dom, g.cod)
    generator = torch.Generator().manual_seed(seed)
    shapes = [(4, *factor.shape) for factor in f.dom.space.factors]
    point = value_of(
        tuple(torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)
    )
    a, b = (k.sample(point, generator=torch.Generator().manual_seed(seed)) for k in (f, g))
    torch.testing.assert_close(a, b, rtol=0, atol=0)


@given(drawn=st.tuples(sizes, sizes, sizes, sizes), seed=seeds)
def test_composition_is_associative_and_has_identities(
    drawn: tuple[list[int], ...], seed: int
) -> None:
    W, X, Y, Z = some(*drawn)
    f, g, h = arrow(W, X, seed), arrow(X, Y, seed + 1), arrow(Y, Z, seed + 2)
    assert_equal((f >> g) >> h, f >> (g >> h), seed)
    assert_equal(Identity(W) >> f, f, seed)
    assert_equal(f >> Identity(X), f, seed)


@given(drawn=st.tuples(sizes, sizes, sizes, sizes), seed=seeds)
def test_the_tensor_is_associative_and_has_a_unit(drawn: tuple[list[int], ...], seed: int) -> None:
    W, X, Y, Z = some(*drawn)
    f, g, h = arrow(W, X, seed), arrow(X, Y, seed + 1), arrow(Y, Z, seed + 2)
    assert_equal((f @ g) @ h, f @ (g @ h), seed)
    assert_equal(Identity(UNIT) @ f, f, seed)
    assert_equal(f @ Identity(UNIT), f, seed)
    assert_equal(Identity(W) @ Identity(X), Identity(W @ X), seed)


@given(drawn=st.tuples(sizes, sizes, sizes, sizes), seed=seeds)
def test_composition_and_tensor_interchange(drawn: tuple[list[int], ...], seed: int) -> None:
    W, X, Y, Z = some(*drawn)
    f, g, h, k = (
        arrow(W, X, seed),
        arrow(Y, Z, seed + 1),
        arrow(X, Z, seed + 2),
        arrow(Z, W, seed + 3),
    )
    assert_equal((f @ g) >> (h @ k), (f >> h) @ (g >> k), seed)


@given(drawn=st.tuples(sizes, sizes, sizes, sizes), seed=seeds)
def test_swap_is_natural(drawn: tuple[list[int], ...], seed: int) -> None:
    W, X, Y, Z = some(*drawn)
    f, g = arrow(W, X, seed), arrow(Y, Z, seed + 1)
    assert_equal((f @ g) >> Swap(X, Z), Swap(W, Y) >> (g @ f), seed)


@given(drawn=st.tuples(sizes, sizes), seed=seeds)
def test_swapping_twice_changes_nothing(drawn: tuple[list[int], ...], seed: int) -> None:
    X, Y = some(*drawn)
    assert_equal(Swap(X, Y) >> Swap(Y, X), Identity(X @ Y), seed)
    assert_equal(Swap(X, UNIT), Identity(X), seed)


@given(drawn=st.tuples(sizes, sizes, sizes), seed=seeds)
def test_swapping_with_a_product_is_swapping_with_each_factor(
    drawn: tuple[list[int], ...], seed: int
) -> None:
    X, Y, Z = some(*drawn)
    in_turn = (Swap(X, Y) @ Identity(Z)) >> (Identity(Y) @ Swap(X, Z))
    assert_equal(Swap(X, Y @ Z), in_turn, seed)


@given(drawn=sizes, seed=seeds)
def test_copy_and_discard_are_a_commutative_comonoid(drawn: list[int], seed: int) -> None:
    (X,) = some(drawn)
    once = Identity(X)
    assert_equal(Copy(X) >> (Copy(X) @ once), Copy(X) >> (once @ Copy(X)), seed)
    assert_equal(Copy(X) >> (Discard(X) @ once), once, seed)
    assert_equal(Copy(X) >> (once @ Discard(X)), once, seed)
    assert_equal(Copy(X) >> Swap(X, X), Copy(X), seed)


@given(drawn=st.tuples(sizes, sizes), seed=seeds)
def test_copying_a_product_is_copying_each_factor(drawn: tuple[list[int], ...], seed: int) -> None:
    X, Y = some(*drawn)
    apart = (Copy(X) @ Copy(Y)) >> (Identity(X) @ Swap(X, Y) @ Identity(Y))
    assert_equal(Copy(X @ Y), apart, seed)
    assert_equal(Discard(X @ Y), Discard(X) @ Discard(Y), seed)


@given(drawn=st.tuples(sizes, sizes), seed=seeds)
def test_copy_and_discard_are_natural_for_functions(
    drawn: tuple[list[int], ...], seed: int
) -> None:
    X, Y = some(*drawn)
    f = arrow(X, Y, seed)
    assert_equal(f >> Copy(Y), Copy(X) >> (f @ f), seed)
    assert_equal(f >> Discard(Y), Discard(X), seed)


def test_copy_is_not_natural_for_a_stochastic_kernel(generator: torch.Generator) -> None:
    X = space(())
    f = NoiseOutsourced(lambda x, u: x + u, X, X, X)
    start = torch.zeros(10_000)
    shared = (f >> Copy(X)).sample(start, generator=generator)
    apart = (Copy(X) >> (f @ f)).sample(start, generator=generator)
    assert torch.equal(shared[0], shared[1])
    assert (apart[0] * apart[1]).mean().abs() < 5 / 10_000**0.5  # five standard errors


def test_discard_is_natural_for_a_stochastic_kernel(generator: torch.Generator) -> None:
    X = space((2,))
    f = NoiseOutsourced(lambda x, u: x + u, X, X, X)
    assert (f >> Discard(X)).sample(torch.zeros(3, 2), generator=generator) == ()


def test_swap_exchanges_by_hand(generator: torch.Generator) -> None:
    X, Y = space((1,)) @ space((2,)), space((3,))
    a, b, c = torch.zeros(4, 1), torch.ones(4, 2), torch.full((4, 3), 2.0)
    assert Swap(X, Y).sample((a, b, c), generator=generator) == (c, a, b)


def test_a_function_of_several_factors_gets_one_tensor_for_each(generator: torch.Generator) -> None:
    X = space((2,)) @ space((2,))
    minus = Deterministic(lambda x, y: x - y, X, space((2,)))
    found = minus.sample((torch.full((4, 2), 3.0), torch.ones(4, 2)), generator=generator)
    assert torch.equal(found, torch.full((4, 2), 2.0))
