import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from markovsym.errors import CompositionError, SpaceError
from markovsym.kernels import Deterministic, Identity, Kernel, NoiseOutsourced
from markovsym.spaces import space

X, Y, Z = space((2,)), space((3,)), space(("atom", 3))


def jitter(size: float) -> Kernel:
    return NoiseOutsourced(lambda x, u: x + size * u, X, X, X)


@given(seed=st.integers(0, 2**32 - 1))
def test_stochastic_kernels_compose_associatively_draw_for_draw(seed: int) -> None:
    f, g, h = jitter(1.0), jitter(2.0), jitter(3.0)
    start = torch.zeros(4, 2, dtype=torch.float64)
    a, b = (
        k.sample(start, generator=torch.Generator().manual_seed(seed))
        for k in ((f >> g) >> h, f >> (g >> h))
    )
    torch.testing.assert_close(a, b)


def test_variances_add_up_along_a_composite(generator: torch.Generator) -> None:
    drawn = (jitter(1.0) >> jitter(2.0)).sample(torch.zeros(20_000, 2), generator=generator)
    assert (drawn.var(0) - 5).abs().max() < 5 * 5 * (2 / 20_000) ** 0.5  # five standard errors


def test_kernels_beside_each_other_draw_independently(generator: torch.Generator) -> None:
    start = torch.zeros(10_000, 2)
    left, right = (jitter(1.0) @ jitter(1.0)).sample((start, start), generator=generator)
    assert (left * right).mean(0).abs().max() < 5 / 10_000**0.5  # five standard errors


def test_each_side_gets_its_own_factors(generator: torch.Generator) -> None:
    total = Deterministic(lambda x, y: x.sum(-1) + y.sum(-1), X @ Y, space(()))
    f = total @ Identity(Z)
    x, y, z = torch.ones(4, 2), torch.ones(4, 3), torch.ones(4, 5, 3)
    found = f.sample((x, y, z), generator=generator)
    assert torch.equal(found[0], torch.full((4,), 5.0))
    assert found[1] is z


def test_a_method_says_the_same_as_its_operator() -> None:
    f, g = jitter(1.0), Deterministic(lambda x: x.repeat(1, 2)[:, :3], X, Y)
    assert (f.then(g).dom, f.then(g).cod) == ((f >> g).dom, (f >> g).cod) == (X, Y)
    assert (f.tensor(g).dom, f.tensor(g).cod) == ((f @ g).dom, (f @ g).cod) == (X @ X, X @ Y)


def test_parameters_of_every_part_register() -> None:
    f, g = Deterministic(nn.Linear(2, 3), X, Y), Deterministic(nn.Linear(2, 2), X, X)
    assert set((g >> f).state_dict()) == {
        f"{part}.function.{name}" for part in ("first", "second") for name in ("weight", "bias")
    }
    assert set((g @ f).state_dict()) == {
        f"{part}.function.{name}" for part in ("left", "right") for name in ("weight", "bias")
    }


def test_gradients_pass_through_composites_and_tensors(generator: torch.Generator) -> None:
    net = nn.Linear(2, 2)
    k = (Deterministic(net, X, X) >> jitter(1.0)) @ Identity(X)
    k.sample((torch.ones(4, 2), torch.ones(4, 2)), generator=generator)[0].sum().backward()
    assert torch.equal(net.bias.grad, torch.full((2,), 4.0))


def test_kernels_that_do_not_meet_are_refused() -> None:
    message = (
        r"^the first kernel ends in \(floating point of shape \(\*batch, 2\)\), "
        r"the next starts in \(floating point of shape \(\*batch, 3\)\)$"
    )
    with pytest.raises(CompositionError, match=message):
        jitter(1.0) >> Identity(Y)
    with pytest.raises(TypeError, match=message):
        jitter(1.0).then(Identity(Y))


def test_a_value_outside_the_domain_is_refused_at_the_door(generator: torch.Generator) -> None:
    with pytest.raises(SpaceError, match=r"got torch.float32 of shape \(4, 3\)"):
        jitter(1.0).sample(torch.zeros(4, 3), generator=generator)
    with pytest.raises(SpaceError, match=r"^wanted 2 tensors"):
        (jitter(1.0) @ jitter(1.0)).sample(torch.zeros(4, 2), generator=generator)


def test_a_draw_that_does_not_lie_in_the_codomain_is_refused(generator: torch.Generator) -> None:
    X, x = space((3,)), torch.zeros(4, 3)
    wide = Deterministic(lambda x: torch.cat([x, x], dim=-1), X, X)
    message = r"^lambda must end in \(.*\): wanted .*, got .* \(4, 6\)$"
    with pytest.raises(SpaceError, match=message):
        wide.sample(x, generator=generator)
    lost = Deterministic(lambda x: x[0], X, X)
    message = r"^lambda was to draw for a batch \(4,\), it drew for \(\)$"
    with pytest.raises(SpaceError, match=message):
        lost.sample(x, generator=generator)
