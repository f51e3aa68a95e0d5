"""Steps of training and of sampling on real molecules, to be timed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from markovsym_diffusion.captured import Captured
from markovsym_diffusion.denoisers import Denoiser, Recorded
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.methods import Diffusion
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.processes import State
from markovsym_diffusion.recipes import Recipe
from markovsym_diffusion.training import Gradients, TrainingState

SHAKE = 0.02
"""Standard deviation of the noise on fresh weights, which predict nothing and would all agree."""


def shaken(made: Recipe, device: torch.device) -> Denoiser:
    """A model with fresh weights and noise on them, always the same, to be trained."""
    model, generator = made.denoiser(), torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator), alpha=SHAKE)
    return model.to(device).train()


class Steps(ABC):
    """One step for each of several batches."""

    @property
    @abstractmethod
    def model(self) -> nn.Module:
        """What takes them."""

    @abstractmethod
    def step(self, batch: State) -> None:
        """One step."""

    @final
    def run(self, batches: Sequence[State]) -> None:
        """A step for every batch."""
        for batch in batches:
            self.step(batch)


@final
class TrainingSteps(Steps):
    """Steps of training as the command trains."""

    def __init__(self, made: Recipe, model: Denoiser, execution: Execution) -> None:
        device = next(model.parameters()).device
        self.settings = made.training
        self.state = TrainingState.start(model, made.training, 0, device)
        execution.to_train(model)
        self.gradients = Captured(Gradients(model, made.objective(device)))

    @property
    def model(self) -> nn.Module:
        """The model that is trained."""
        return self.state.model

    def step(self, batch: State) -> None:
        """The gradient, then a step of the optimiser and of the average."""
        source = self.state.generator
        loss, *found = self.gradients(batch.x, batch.h, batch.mask, generator=source)
        assert loss is not None
        self.state.move(loss, found, share=1.0, clip=self.settings.clip)


@final
class SamplingSteps(Steps):
    """Steps of ancestral sampling, from a time in the middle.

    Raises:
        InputError: If the recipe has no ancestral sampler.
    """

    def __init__(self, made: Recipe, model: nn.Module, execution: Execution) -> None:
        if not isinstance(made.method, Diffusion):
            raise InputError(f"wanted a recipe of diffusion to time its sampler, got {made.name}")
        device = next(model.parameters()).device
        execution.to_sample(model.eval())
        self._model, self.predictor = model, Recorded(model)
        self.process = made.method.process.to(device)
        self.generator = torch.Generator(device).manual_seed(0)
        self.t = torch.tensor(self.process.times.last // 2, device=device)

    @property
    def model(self) -> nn.Module:
        """The model that is sampled from."""
        return self._model

    @torch.no_grad()
    def step(self, batch: State) -> None:
        """The noise that is believed in, and a draw of the state before."""
        count, last = len(batch.mask), self.process.times.last
        eps = self.predictor(batch, (self.t / last).expand(count), generator=self.generator)
        s, t = (self.t - 1).expand(count), self.t.expand(count)
        self.process.reverse(batch, eps, s, t).sample(generator=self.generator)


def like_sizes(
    sizes: Int[Tensor, "molecule"], batch_size: int, count: int
) -> list[Int[Tensor, "chosen"]]:
    """Batches as training cuts them, evenly spaced over an epoch in order of size."""
    order, middle = sizes.argsort(stable=True), (torch.arange(count) + 0.5) / count
    first = (middle * len(order) - batch_size / 2).long().clamp(0, max(0, len(order) - batch_size))
    return [order[start : start + batch_size] for start in first.tolist()]


def mixed_sizes(
    sizes: Int[Tensor, "molecule"], batch_size: int, count: int
) -> list[Int[Tensor, "chosen"]]:
    """As many molecules of all sizes, evenly spaced in order of size, shuffled into batches."""
    order, wanted = sizes.argsort(stable=True), batch_size * count
    spaced = order[((torch.arange(wanted) + 0.5) / wanted * len(order)).long()]
    shuffled = torch.randperm(wanted, generator=torch.Generator().manual_seed(0))
    return list(spaced[shuffled].split(batch_size))


def widened(state: State, atoms: int) -> State:
    """The same molecules, padded to so many places."""
    more = atoms - state.mask.shape[-1]
    x, h = (nn.functional.pad(part, (0, 0, 0, more)) for part in (state.x, state.h))
    return State(x, h, nn.functional.pad(state.mask, (0, more)))


def agreement(ours: nn.Module, theirs: nn.Module, z: State) -> dict[str, float]:
    """How far two models are apart at the same draws: values and all gradients, relative.

    Both must give their weights in the same order.
    """
    t = torch.linspace(0, 1, len(z.mask), device=z.mask.device)
    (value, gradient), (wanted, wanted_gradient) = (_seen(one, z, t) for one in (ours, theirs))
    found = {"values": _gap(value, wanted)}
    if gradient is not None and wanted_gradient is not None:
        found["gradients"] = _gap(gradient, wanted_gradient)
    return found


def _seen(model: nn.Module, z: State, t: Float[Tensor, "molecule"]) -> tuple[Tensor, Tensor | None]:
    generator = torch.Generator(z.mask.device).manual_seed(0)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    with torch.set_grad_enabled(model.training):
        found = model(z, t, generator=generator)
    value = torch.cat([found.x, found.h], dim=-1)
    if not model.training:
        return value, None
    gradients = torch.autograd.grad(value.square().sum(), weights)
    return value.detach(), torch.cat([gradient.flatten() for gradient in gradients])


def _gap(found: Tensor, wanted: Tensor) -> float:
    return float((found.double() - wanted.double()).norm() / wanted.double().norm())
