"""SymDiff computed plainly: every step on padded molecules, in float32, by library routines.

It has the cost structure of the published code and is the oracle of the fast path: the weights are
those of a denoiser of ours, the mathematics is that of the paper (R = R0 f, a mean over the atoms
that exist), and nothing is shared with the fast path but the weights. Molecules are padded to the
largest of a batch in training and to 29 atoms in sampling; the Gaussian functions are a tensor of
molecule x atom x atom x basis, made once for each of the two networks and projected before the sum;
frames come of the QR routine; every molecule has its own embedding of the time.
"""

import math
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from markovsym.groups import O
from markovsym.randomness import normal
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.denoisers.symdiff import part
from markovsym_diffusion.methods import Diffusion
from markovsym_diffusion.processes import State
from markovsym_diffusion.recipes import Recipe
from markovsym_diffusion.speed import Steps


@final
class Reference(nn.Module):
    """The same function of noisy molecules, times and draws as a SymDiff denoiser, and its weights.

    Source:
        SymDiff (Zhang et al., 2025), algorithms 1 to 4.
    """

    def __init__(self, denoiser: Denoiser) -> None:
        super().__init__()
        self.denoiser = denoiser  # first, so that the weights come in its order
        self.radial = _network(denoiser, "distances").radial
        self.frame = _network(denoiser, "frame")
        self.eps = _network(denoiser, "eps")

    def forward(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The noise in ``z``; from one generator it draws the numbers that the denoiser draws.

        With weights in float64 it is computed so, from draws in the precision of ``z``.
        """
        count, atoms = z.mask.shape
        R0 = O(3).haar(count, generator=generator, dtype=z.x.dtype)
        eta = normal(count, atoms, 3, generator=generator, dtype=z.x.dtype)
        exact = self.frame.embed.weight.dtype
        x, h, t, R0, eta = (one.to(exact) for one in (z.x, z.h, t, R0, eta))
        R = R0 @ self._f(x @ R0, eta, t, z.mask)
        x, h = self._k(x @ R, h, t, z.mask)
        return State(x @ R.mT, h, z.mask)

    def _f(self, x: Tensor, eta: Tensor, t: Tensor, mask: Tensor) -> Tensor:
        f, real = self.frame, mask.unsqueeze(-1).to(x.dtype)
        tokens = f.embed(torch.cat([x * real, eta * real, self._distances(x, mask)], dim=-1))
        tokens, _ = _blocks(f.transformer, tokens, t, mask)
        pooled = (tokens * real).sum(1) / real.sum(1)
        Q, R = torch.linalg.qr(f.decode(pooled).unflatten(-1, (3, 3)))
        return Q * R.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)

    def _k(self, x: Tensor, h: Tensor, t: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        eps, real = self.eps, mask.unsqueeze(-1).to(x.dtype)
        embedded = eps.embed(torch.cat([x * real, h * real], dim=-1))
        tokens = torch.cat([embedded, self._distances(x, mask)], dim=-1)
        tokens, c = _blocks(eps.transformer, tokens, t, mask)
        shift, scale = eps.modulation(c).unsqueeze(1).chunk(2, dim=-1)
        noise = eps.outward(_norm(tokens) * (1 + scale) + shift) * real
        x = noise[..., :3]
        return (x - x.sum(1, keepdim=True) / real.sum(1, keepdim=True)) * real, noise[..., 3:]

    def _distances(self, x: Tensor, mask: Tensor) -> Tensor:
        """What each atom sees of its distances: every pair is projected, then the mean taken."""
        basis, real = self.radial.basis, mask.to(x.dtype)
        width = basis.widths.abs() + 0.01
        d = (x.unsqueeze(2) - x.unsqueeze(1)).square().sum(-1).sqrt().detach()
        psi = torch.exp(-0.5 * ((d.unsqueeze(-1) - basis.centres) / width) ** 2)
        projected = self.radial.project(psi / (math.sqrt(2 * math.pi) * width))
        total = (projected * real[:, None, :, None]).sum(2)
        return total / real.sum(-1)[:, None, None] * real.unsqueeze(-1)


def _network(denoiser: Denoiser, name: str) -> nn.Module:
    """The module inside a part of a denoiser."""
    kernel = part(denoiser, name)
    inner = getattr(kernel, "kernel", kernel)
    function = inner.function
    assert isinstance(function, nn.Module)
    return function


def _blocks(
    transformer: nn.Module,
    tokens: Float[Tensor, "molecule atom width"],
    t: Float[Tensor, "molecule"],
    mask: Bool[Tensor, "molecule atom"],
) -> tuple[Tensor, Tensor]:
    angles = t[:, None] * transformer.time.rates
    c = functional.silu(transformer.time.layers(torch.cat([angles.cos(), angles.sin()], dim=-1)))
    for block in transformer.blocks:
        parts = block.modulation(c).unsqueeze(1).chunk(6, dim=-1)
        shift1, scale1, gate1, shift2, scale2, gate2 = parts
        seen = _attention(block.attention, _norm(tokens) * (1 + scale1) + shift1, mask)
        tokens = tokens + gate1 * seen
        a, b = block.mlp.inward(_norm(tokens) * (1 + scale2) + shift2).chunk(2, dim=-1)
        tokens = tokens + gate2 * block.mlp.outward(functional.silu(a) * b)
    return tokens, c


def _attention(attention: nn.Module, x: Tensor, mask: Tensor) -> Tensor:
    q, k, v = attention.inward(x).unflatten(-1, (3, attention.heads, -1)).unbind(2)
    scores = torch.einsum("miha,mjha->mhij", q, k) / math.sqrt(q.shape[-1])
    weights = scores.masked_fill(~mask[:, None, None, :], -torch.inf).softmax(-1)
    return attention.outward(torch.einsum("mhij,mjha->miha", weights, v).flatten(2))


def _norm(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:], eps=1e-6)


@final
class ReferenceTraining(Steps):
    """AdamW one weight at a time, the gradient clipped at 2, and an average kept by a loop."""

    def __init__(self, made: Recipe, denoiser: Denoiser) -> None:
        self._model = Reference(denoiser)
        device = next(denoiser.parameters()).device
        self.objective = made.objective(device)
        self.generator = torch.Generator(device).manual_seed(0)
        self.weights = [weight for weight in self._model.parameters() if weight.requires_grad]
        self.average = [weight.detach().clone() for weight in self.weights]
        self.adam = torch.optim.AdamW(
            self.weights, lr=2e-4, weight_decay=1e-12, amsgrad=True, foreach=False, fused=False
        )

    @property
    def model(self) -> nn.Module:
        """The model that is trained."""
        return self._model

    def step(self, batch: State) -> None:
        """One step, and the average after it."""
        self.adam.zero_grad()
        self.objective(self._model, batch, generator=self.generator).mean().backward()
        nn.utils.clip_grad_norm_(self.weights, 2.0, foreach=False)
        self.adam.step()
        with torch.no_grad():
            for place, weight in enumerate(self.weights):
                self.average[place] = 0.9999 * self.average[place] + 1e-4 * weight


@final
class ReferenceSampling(Steps):
    """Steps of the ancestral sampler, every molecule with a time of its own."""

    def __init__(self, made: Recipe, denoiser: Denoiser) -> None:
        assert isinstance(made.method, Diffusion)
        self._model = Reference(denoiser).eval()
        device = next(denoiser.parameters()).device
        self.process = made.method.process.to(device)
        self.generator = torch.Generator(device).manual_seed(0)

    @property
    def model(self) -> nn.Module:
        """The model that is sampled from."""
        return self._model

    @torch.no_grad()
    def step(self, batch: State) -> None:
        """The noise that is believed in, and a draw of the state before."""
        last, count = self.process.times.last, len(batch.mask)
        t = torch.full((count,), last // 2, device=batch.mask.device)
        eps = self._model(batch, t / last, generator=self.generator)
        self.process.reverse(batch, eps, t - 1, t).sample(generator=self.generator)


STEPS = {"train": ReferenceTraining, "sample": ReferenceSampling}
