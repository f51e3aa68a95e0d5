import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import GSpace, gspace, matrix, permutation, regular, together, trivial
from markovsym.errors import CompositionError, HypothesisMissing, SpaceError
from markovsym.groups import SO, C, Cosets, FactorInclusion, S
from markovsym.kernels import Deterministic, Kernel
from markovsym.nn import Symmetrised
from markovsym.symmetrise import declare_equivariant, gammas, haar
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.modules import G, P, X, frame, fresh, network, normal, run


class Two(nn.Module):
    """Points and charges in, points and a number out."""

    def __init__(self) -> None:
        super().__init__()
        self.points = nn.Linear(18, 15).double()

    def forward(self, x: Tensor, charge: Tensor) -> tuple[Tensor, Tensor]:
        assert x.dim() == 3
        assert charge.dim() == 2
        both = torch.cat([x.flatten(1), charge], dim=1)
        y = torch.tanh(self.points(both)).unflatten(-1, (5, 3))
        return y, y.sum((-2, -1)) + charge.sum(-1)


def test_plain_tensors_come_in_and_go_out() -> None:
    module, x = Symmetrised(network(), G), normal(8, 5, 3)
    y = module(x)
    assert (y.shape, y.dtype) == (x.shape, x.dtype)
    R = G.haar(8, generator=fresh(3), dtype=torch.float64)
    wanted = module.module(x @ R) @ R.mT
    torch.testing.assert_close(module(x, generator=fresh(3)), wanted, rtol=0, atol=1e-12)
    assert str(module.why).splitlines()[0] == "proved: equivariant under O(3), in 1 step"


@pytest.mark.parametrize("batch", [(), (1,), (4,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("average", [False, 3, True])
def test_any_number_of_batch_dimensions_will_do(
    batch: tuple[int, ...], average: bool | int
) -> None:
    module = Symmetrised(network(), dom=X, gamma=gammas.principal_axes, average=average)
    x = normal(*batch, 5, 3)
    y = module(x)
    assert y.shape == x.shape
    if average is True:
        rows = torch.stack([module(one) for one in x.reshape(-1, 5, 3)])
        torch.testing.assert_close(y.reshape(-1, 5, 3), rows, rtol=0, atol=1e-12)


def test_modules_that_want_one_batch_dimension_get_one() -> None:
    head = nn.Sequential(nn.Flatten(), nn.Linear(15, 2)).double()
    module = Symmetrised(
        head, dom=X, cod=gspace((2,), trivial(G)), gamma=gammas.principal_axes, average=True
    )
    x = normal(2, 3, 5, 3)
    assert module(x).shape == (2, 3, 2)
    assert module(x[0, 0]).shape == (2,)
    torch.testing.assert_close(module(x)[1, 2], module(x[1, 2]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("average", [False, 4, True])
def test_several_inputs_and_outputs(average: bool | int) -> None:
    charge, number = gspace((3,), trivial(G)), gspace((), trivial(G))
    module = Symmetrised(
        Two(), dom=X @ charge, cod=X @ number, gamma=gammas.principal_axes, average=average
    )
    x, q = normal(2, 4, 5, 3), normal(2, 4, 3, seed=1)
    y, n = module(x, q)
    assert (y.shape, n.shape) == ((2, 4, 5, 3), (2, 4))
    R = G.haar(2, 4, generator=fresh(5), dtype=torch.float64)
    with torch.no_grad():
        turned, same = (run(module, z, q)[0] for z in (x @ R.mT, x))
        if average is True:
            torch.testing.assert_close(turned, same @ R.mT, rtol=0, atol=1e-12)
            bare = module.module(x[0] @ R[0].mT, q[0])[0] - module.module(x[0], q[0])[0] @ R[0].mT
            assert bare.abs().max() > 0.5
        else:
            assert_equivariant_in_law(module.kernel, (x[0, 0], q[0, 0]))


def test_a_group_that_moves_the_entries_of_several_blocks() -> None:
    Z = gspace((5, 3), together(permutation(S(5)), matrix(G))) @ gspace(
        (5,), together(permutation(S(5), (-1,)), trivial(G))
    )
    module = Symmetrised(lambda x, q: (torch.tanh(x * q[..., None]) + 1, q.cumsum(-1)), P, dom=Z)
    point = normal(5, 3), normal(5, seed=1)
    assert_equivariant_in_law(module.kernel, point)


def test_the_state_of_the_module_is_as_it_was() -> None:
    net = network()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    module = Symmetrised(net, dom=X, gamma=frame)
    module(normal(4, 5, 3))
    assert module.module is net
    assert net.state_dict().keys() == before.keys()
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())
    other = network()
    nn.init.zeros_(other[0].weight)
    other.load_state_dict(net.state_dict())
    inside = {name for name in module.state_dict() if name.startswith("module.")}
    assert inside == {f"module.{name}" for name in before}
    Symmetrised(other, dom=X, gamma=frame).load_state_dict(module.state_dict())
    with torch.no_grad():
        net.load_state_dict({name: 2 * value for name, value in before.items()})
    x, R = normal(4, 5, 3), G.haar(4, generator=fresh(3), dtype=torch.float64)
    plain = Symmetrised(net, dom=X)
    wanted = net(x @ R) @ R.mT
    torch.testing.assert_close(plain(x, generator=fresh(3)), wanted, rtol=0, atol=1e-12)


def test_each_parameter_is_registered_once() -> None:
    net = network()
    module = Symmetrised(net, dom=X, gamma=frame)
    names = [name for name, _ in module.named_parameters(remove_duplicate=False)]
    assert len(names) == len(set(names)) == len(list(module.parameters())) == 8
    assert len(list(module.state_dict())) == 8
    assert {name.split(".")[0] for name in names} == {"module", "gamma"}


def test_gradients_reach_the_module_and_gamma() -> None:
    module = Symmetrised(network(), dom=X, gamma=frame)
    run(module, normal(4, 5, 3)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in module.parameters())
    module = Symmetrised(network(), dom=X, gamma=frame, average=3)
    run(module, normal(4, 5, 3))[:, 0, 0].sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in module.parameters())


@pytest.mark.parametrize("average", [False, 4])
def test_switched_off_the_bare_module_runs(average: bool | int) -> None:
    module, x = Symmetrised(network(), dom=X, gamma=frame, average=average), normal(2, 4, 5, 3)
    module.symmetric = False
    wanted = torch.stack([module.module(one) for one in x])
    assert torch.equal(module(x), wanted)
    assert torch.equal(module(x), module(x))
    module.symmetric = True
    assert not torch.allclose(module(x), wanted)


def test_an_average_is_the_mean_of_so_many_draws() -> None:
    net, x = network(), normal(4, 5, 3)
    drawn = Symmetrised(net, dom=X)(x.expand(50, 4, 5, 3), generator=fresh(3))
    mean = Symmetrised(net, dom=X, average=50)(x, generator=fresh(3))
    torch.testing.assert_close(mean, drawn.mean(0), rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="at least 2 draws"):
        Symmetrised(net, dom=X, average=1)


def test_a_generator_makes_draws_repeatable() -> None:
    module, x = Symmetrised(network(), dom=X, gamma=frame), normal(4, 5, 3)
    state = torch.default_generator.get_state()
    a, b, c = (module(x, generator=fresh(seed)) for seed in (3, 3, 4))
    assert torch.equal(a, b)
    assert not torch.allclose(a, c)
    assert torch.equal(torch.default_generator.get_state(), state)


@pytest.mark.parametrize("average", [False, 2])
def test_without_a_generator_draws_are_those_of_torch(average: bool | int) -> None:
    module, x = Symmetrised(network(), dom=X, gamma=frame, average=average), normal(4, 5, 3)
    a, b, c = (run(module, x, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(a, b)
    assert not torch.allclose(a, c)
    assert not torch.allclose(module(x), c)
    assert torch.equal(a, module(x, generator=fresh(3)))


def test_neither_a_group_nor_a_space_is_refused() -> None:
    with pytest.raises(CompositionError, match=r"^wanted a group, or the space .*; got neither$"):
        Symmetrised(network())


def test_a_group_that_is_not_that_of_the_space_is_refused() -> None:
    with pytest.raises(CompositionError, match=r"^wanted a space of SO\(3\), got \(.* under O\(3"):
        Symmetrised(network(), SO(3), dom=X)


def test_a_group_without_a_space_is_refused() -> None:
    with pytest.raises(CompositionError, match=r"^no space is known for C\(8\); hand one over"):
        Symmetrised(network(), C(8))


@pytest.mark.parametrize("average", [True, 5])
def test_an_average_of_group_elements_is_refused(average: bool | int) -> None:
    with pytest.raises(CompositionError, match=r"is not affine: it moves means of values"):
        Symmetrised(lambda x: x[..., :3, :], dom=X, cod=regular(G), average=average)


def along_permutations(X: GSpace) -> Kernel:
    return haar(Cosets(FactorInclusion(P, "left")), X)


def test_a_gamma_along_a_subgroup_wants_a_kernel_equivariant_under_it() -> None:
    net, Z = network(), gspace((5, 3), together(permutation(S(5)), matrix(G)))
    message = r"^along S\(5\) -> .* must be equivariant under S\(5\); state it with declare"
    with pytest.raises(HypothesisMissing, match=message):
        Symmetrised(net, P, dom=Z, gamma=along_permutations)
    k = declare_equivariant(Deterministic(net, Z, Z), S(5))
    module, x = Symmetrised(k, P, dom=Z, gamma=along_permutations), normal(4, 5, 3)
    R = G.haar(4, generator=fresh(3), dtype=torch.float64)
    torch.testing.assert_close(module(x, generator=fresh(3)), net(x @ R) @ R.mT)
    assert len(list(module.parameters())) == 4
    assert_equivariant_in_law(module.kernel, x[0])


def test_gamma_may_be_a_kernel_or_what_makes_one() -> None:
    net, x = network(), normal(4, 5, 3)
    kernels = (haar(G, X), gammas.principal_axes)
    made, named = (Symmetrised(net, dom=X, gamma=gamma) for gamma in kernels)
    assert made.gamma.cod == named.gamma.cod == regular(G)
    assert torch.equal(run(made, x), run(Symmetrised(net, dom=X), x))
    assert not torch.allclose(run(made, x), run(named, x))


@pytest.mark.parametrize(
    "inputs",
    [
        (),
        (torch.zeros(4, 5, 2),),
        (torch.zeros(4, 6, 3),),
        (torch.zeros(3),),
        (torch.zeros(4, 5, 3, dtype=torch.int64),),
        (torch.zeros(4, 5, 3), torch.zeros(4, 5, 3)),
    ],
    ids=lambda inputs: str([tuple(x.shape) for x in inputs]),
)
def test_values_of_another_space_are_refused(inputs: tuple[Tensor, ...]) -> None:
    with pytest.raises(SpaceError, match=r"^wanted "):
        Symmetrised(network().float(), dom=X)(*inputs)
