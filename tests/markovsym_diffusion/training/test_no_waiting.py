"""A step asks nothing of its device and sends nothing there, so that a GPU can run ahead.

The steps run here on tensors without values: whatever would look at one raises, and whatever
comes from the host is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from markovsym_diffusion.denoisers import SymDiff
from markovsym_diffusion.methods import Diffusion, Score
from markovsym_diffusion.processes import State
from markovsym_diffusion.recipes import RECIPES, Recipe, recipe
from markovsym_diffusion.training import Gradients

NOWHERE = torch.device("meta")
SMALL = [name for name in RECIPES if name.endswith(("-tiny", "-small")) and "geom" not in name]


class Source(torch.Generator):
    """There is none for tensors without values; they take any."""

    @property
    def device(self) -> torch.device:
        return NOWHERE


class NothingFromTheHost(TorchDispatchMode):
    """Refuses tensors that lie on the host, but for single numbers, which kernels are handed."""

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        for one in tree_leaves((args, kwargs)):
            if isinstance(one, Tensor) and one.dim() and one.device != NOWHERE:
                raise AssertionError(f"{func} takes a tensor of the host")
        return func(*args, **(kwargs or {}))


def somewhere() -> State:
    """Molecules without values."""
    x, h = torch.empty(4, 9, 3, device=NOWHERE), torch.empty(4, 9, 6, device=NOWHERE)
    return State(x, h, torch.empty(4, 9, dtype=torch.bool, device=NOWHERE))


def self_conditioned() -> Recipe:
    """No recipe is, so far."""
    made = recipe("symdiff-qm9-tiny")
    assert isinstance(made.model, SymDiff)
    backbone = replace(made.model.backbone, self_conditioned=True)
    method = Diffusion(self_conditioned=True)
    return replace(made, model=replace(made.model, backbone=backbone), method=method)


EVERY = [*map(recipe, SMALL), self_conditioned()]


@pytest.mark.parametrize("made", EVERY, ids=[*SMALL, "self-conditioned"])
def test_the_gradient_of_a_step(made: Recipe) -> None:
    z = somewhere()
    model, objective = made.denoiser().to(NOWHERE).train(), made.objective(NOWHERE)
    with NothingFromTheHost():
        loss, *found = Gradients(model, objective)(z.x, z.h, z.mask, generator=Source())
    assert loss is not None
    assert sum(one is not None for one in found) > 20


@pytest.mark.parametrize(
    "made",
    [recipe("symdiff-qm9-tiny"), recipe("score-symdiff-qm9-tiny"), self_conditioned()],
    ids=["diffusion", "score", "self-conditioned"],
)
@torch.no_grad()
def test_the_steps_of_the_samplers(made: Recipe) -> None:
    z = somewhere()
    model = made.denoiser().to(NOWHERE).eval()
    assert isinstance(made.method, Diffusion | Score)
    for sampler, known in made.method.samplers.items():
        if known.steps is None:
            continue
        states = known.run(model, z, Source(), 3)
        next(states)  # the grid of times comes from the host, once
        with NothingFromTheHost():
            assert len(list(states)) >= 3, sampler
