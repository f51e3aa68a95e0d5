import copy
import pickle
import traceback

import pytest
import torch
from torch import Tensor, nn

from markovsym.categories import FinStoch, Functions, Functor, Samplers
from markovsym.errors import CompositionError
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced, Randomness
from markovsym.spaces import space
from markovsym.syntax import Box, Diagram, Ob, Ty

X, Y = Ty("X"), Ty("Y")
f, g, h = Box("f", X, Y), Box("g", Y @ X, X @ Y), Box("h", Ty(), X)
PAIR, NUMBER = space((2,)) @ space((3,)), space(())


@Diagram.from_callable(X @ X, X @ Y)
def both(x, y):
    z = f(x)
    a, b = g(z, y)
    return g(b, a)


def shift(x: Tensor, u: Tensor) -> Tensor:
    return x + u


def spread(y: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From Y @ X to X @ Y, where X has two factors."""
    return a + y.unsqueeze(-1), b.cos(), y * b.sum(-1)


def total(a: Tensor, b: Tensor) -> Tensor:
    return (a.sum(-1) * b.exp().sum(-1)).tanh()


OBJECTS = {Ob("X"): PAIR, Ob("Y"): NUMBER}
FUNCTIONS = {
    f: Deterministic(total, PAIR, NUMBER),
    g: Deterministic(spread, NUMBER @ PAIR, PAIR @ NUMBER),
}


def values(*batch: int) -> tuple[Tensor, ...]:
    rng = torch.Generator().manual_seed(0)
    return tuple(torch.randn(*batch, n, generator=rng) for n in (2, 3, 2, 3))


def by_hand(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    *x, y = spread(total(a, b), c, d)
    return spread(y, *x)


def test_compiled_code_does_what_the_diagram_says() -> None:
    run = Functor(Functions(), OBJECTS, FUNCTIONS).compile(both)
    assert all(map(torch.equal, run(*values(5)), by_hand(*values(5))))


def test_the_source_has_one_line_for_each_box() -> None:
    assert Functor(Functions(), OBJECTS, FUNCTIONS).source(both) == (
        "def run(x, x1, x2, x3):  # X @ X -> X @ Y\n"
        "    y = f(x, x1)  # Y\n"
        "    (x4, x5, y1) = g(y, x2, x3)  # X @ Y\n"
        "    (x6, x7, y2) = g(y1, x4, x5)  # X @ Y\n"
        "    return (x6, x7, y2)\n"
    )


def test_what_samples_is_told_where_randomness_comes_from() -> None:
    noisy = Box("noisy", X, X)
    kernel = NoiseOutsourced(shift, NUMBER, NUMBER, NUMBER)
    F = Functor(Samplers(), {Ob("X"): NUMBER}, {noisy: kernel})
    assert F.source(noisy) == (
        "def run(x, source):  # X -> X\n    x1 = noisy(x, source)  # X\n    return x1\n"
    )
    rng, twin = (torch.Generator().manual_seed(1) for _ in range(2))
    found = F.compile(noisy)(torch.zeros(4), Randomness(rng, (4,), torch.float32))
    assert torch.equal(found, torch.randn(4, generator=twin))


def test_a_diagram_draws_if_one_of_its_boxes_does() -> None:
    noisy, plain = Box("noisy", X, X), Box("plain", X, X, deterministic=True)
    kernels = {
        noisy: NoiseOutsourced(shift, NUMBER, NUMBER, NUMBER),
        plain: Deterministic(torch.exp, NUMBER, NUMBER),
    }
    F = Functor(Samplers(), {Ob("X"): NUMBER}, kernels)
    assert F(plain >> plain).deterministic
    assert F(noisy @ plain >> Diagram.discard(X) @ Diagram.id(X)).deterministic
    assert not F(plain >> noisy).deterministic


@pytest.mark.parametrize(
    "name", ["run", "source", "x", "x1", "class", "2nd", "a b", "a_b", "é", ""]
)
def test_any_name_will_do(name: str) -> None:
    boxes = [Box(name, X, X), Box("a b", X, X, deterministic=True), Box("a-b", X, X)]
    kernels = {
        box: Deterministic(lambda x, i=i: 3 * x + i, NUMBER, NUMBER) for i, box in enumerate(boxes)
    }
    run = Functor(Functions(), {Ob("X"): NUMBER}, kernels).compile(boxes[0] >> boxes[1] >> boxes[2])
    assert run(torch.tensor(1.0)) == 3 * (3 * 3 + 1) + 2


def test_a_copied_draw_is_one_draw_and_a_dead_box_does_not_run() -> None:
    calls: list[str] = []

    def noted(name: str) -> Deterministic:
        return Deterministic(lambda x: (calls.append(name), x)[1], NUMBER, NUMBER)

    one, dead = Box("one", X, X), Box("dead", X, X)
    F = Functor(Functions(), {Ob("X"): NUMBER}, {one: noted("one"), dead: noted("dead")})
    F.compile(one >> Diagram.copy(X) >> Diagram.id(X) @ (dead >> Diagram.discard(X)))(
        torch.zeros(())
    )
    assert calls == ["one"]
    calls.clear()
    F.compile(Diagram.copy(X) >> one @ one)(torch.zeros(()))
    assert calls == ["one", "one"]


def test_vmap_passes_through() -> None:
    run = Functor(Functions(), OBJECTS, FUNCTIONS).compile(both)
    found, wanted = torch.vmap(run)(*values(7)), run(*values(7))
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_autograd_passes_through() -> None:
    run = Functor(Functions(), OBJECTS, FUNCTIONS).compile(both)
    inputs = tuple(x.double().requires_grad_() for x in values(2))
    assert torch.autograd.gradcheck(run, inputs)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_the_compiler_of_torch_finds_one_graph(backend: str) -> None:
    torch.compiler.reset()
    run = Functor(Functions(), OBJECTS, FUNCTIONS).compile(both)
    found = torch.compile(run, fullgraph=True, backend=backend)(*values(3))
    for one, other in zip(found, run(*values(3)), strict=True):
        torch.testing.assert_close(one, other)


def linear(seed: int) -> Kernel:
    module = nn.Linear(3, 3)
    nn.init.normal_(module.weight, generator=torch.Generator().manual_seed(seed))
    return Deterministic(module, space((3,)), space((3,)))


def through_pickle(kernel: Kernel) -> Kernel:
    return pickle.loads(pickle.dumps(kernel))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("remade", [copy.deepcopy, through_pickle], ids=["copy", "pickle"])
def test_a_copy_runs_with_weights_of_its_own(remade) -> None:
    k, step = linear(0), Box("step", X, X)
    kernel = Functor(Samplers(), {Ob("X"): space((3,))}, {step: k})(step >> step)
    other, rng = remade(kernel), torch.Generator()
    x = torch.ones(2, 3)
    assert torch.equal(other.sample(x, generator=rng), kernel.sample(x, generator=rng))
    assert len(list(kernel.parameters())) == 2
    with torch.no_grad():
        next(kernel.parameters()).zero_()
    assert not torch.equal(other.sample(x, generator=rng), kernel.sample(x, generator=rng))


def test_a_traceback_shows_the_line() -> None:
    def fails(x: Tensor) -> Tensor:
        raise ValueError("on purpose")

    step = Box("step", X, X)
    run = Functor(
        Functions(), {Ob("X"): NUMBER}, {step: Deterministic(fails, NUMBER, NUMBER)}
    ).compile(step)
    with pytest.raises(ValueError, match="on purpose") as caught:
        run(torch.zeros(()))
    assert "x1 = step(x)  # X" in "".join(traceback.format_tb(caught.value.__traceback__))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(
        CompositionError, match=r"^wanted a morphism for g : Y @ X -> X @ Y; none was"
    ):
        Functor(Functions(), OBJECTS, {f: FUNCTIONS[f]}).compile(both)
    with pytest.raises(CompositionError, match=r"^wanted an object for Y; none was handed over$"):
        Functor(Functions(), {Ob("X"): PAIR}, FUNCTIONS)(both)


def test_a_kernel_between_other_spaces_is_refused() -> None:
    wrong = Deterministic(total, PAIR, PAIR)
    with pytest.raises(CompositionError, match=r"^f : X -> Y must end in "):
        Functor(Samplers(), OBJECTS, {**FUNCTIONS, f: wrong})(both)


def test_a_kernel_that_may_draw_does_not_stand_for_a_function() -> None:
    step, C = Box("step", X, X, deterministic=True), FinStoch()
    F = Functor(C, {Ob("X"): (2,)}, {step: C.matrix([[0.5, 0.5], [0, 1]], (2,), (2,))})
    with pytest.raises(CompositionError, match="is declared deterministic, what it stands for is"):
        F(step)


def test_matrices_are_not_compiled() -> None:
    message = (
        r"^diagrams run as code in Functions and Samplers; in FinStoch\(.*\) call the functor$"
    )
    with pytest.raises(CompositionError, match=message):
        Functor(FinStoch(), {Ob("X"): (2,)}, {}).compile(Diagram.id(X))
