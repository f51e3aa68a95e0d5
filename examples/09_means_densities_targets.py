"""What else comes with sym: means with their errors, densities and bounds on them, targets."""

import torch
from torch import Tensor

import markovsym as ms
from markovsym.actions import matrix, restrict
from markovsym.groups import O, symmetries_of_polygon
from markovsym.kernels import Full, Normal
from markovsym.symmetrise import (
    log_density_exact,
    log_density_k_sample_lower_bound,
    log_density_lower_bound,
    symmetrised_target,
)

rng = torch.Generator().manual_seed(0)
square = symmetries_of_polygon(4)  # D(4) -> O(2)
X = restrict(ms.gspace((5, 2), matrix(O(2))), square)
x, y = (torch.randn(5, 2, generator=rng, dtype=torch.float64) for _ in range(2))


def law(x: Tensor) -> Normal:
    """A Gaussian that respects nothing."""
    exists = torch.ones(x.shape[:-1], dtype=torch.bool)
    return Normal(torch.tanh(x + 0.3), 0.5 + 0.1 * x[..., 0, 0].abs(), Full(exists))


def means() -> None:
    """Exact for the eight elements of D(4), and from draws."""
    s = ms.sym(ms.Deterministic(lambda x: torch.tanh(x + 0.3), X, X), ms.haar(X.group, X))
    exact = ms.average(s).sample(x, generator=rng)
    for draws in (10, 100, 1000):
        found = ms.average(s, draws).estimate(x, generator=rng)
        off, error = (found.value - exact).abs().mean(), found.error.mean()
        print(f"{draws:5} draws: off by {off:.4f}, standard error {error:.4f}")


def densities() -> None:
    """The density of sym(k) is a mean over gamma; bounds need no sum over the group."""
    s = ms.sym(ms.Gaussian(law, X, X), ms.haar(X.group, X))
    g = torch.tensor(5)
    here, there = log_density_exact(s, y, x), log_density_exact(s, X.act(g, y), X.act(g, x))
    print(f"log density {here:.4f} nats, and moved by g {there:.4f}")
    jensen = log_density_lower_bound(s, y, x, draws=10_000, generator=rng)
    print(f"Jensen's bound {jensen.value:.2f} +- {jensen.error:.2f}")
    for K in (1, 4, 16, 64):
        many = torch.stack(
            [log_density_k_sample_lower_bound(s, y, x, draws=K, generator=rng) for _ in range(200)]
        )
        print(f"{K:3}-sample bound {many.mean():.2f} +- {many.std() / 200**0.5:.2f}")


def targets() -> None:
    """What a denoiser should say if the data are let loose on the group."""
    data = torch.randn(100, 5, 2, generator=rng, dtype=torch.float64)
    noisy = 0.8 * data[:3] + 0.6 * torch.randn(3, 5, 2, generator=rng, dtype=torch.float64)
    every = X.group.elements()
    target = symmetrised_target(noisy, data, every, X, alpha=0.8, sigma=0.6)
    g = torch.tensor([3, 3, 3])
    moved = symmetrised_target(X.act(g, noisy), data, every, X, alpha=0.8, sigma=0.6)
    off = float((moved.value - X.act(g, target.value)).abs().max())
    print(f"the target moves along, off by {off:.1e}; it is made of", end=" ")
    print([round(float(n), 1) for n in target.effective], "terms in effect")


if __name__ == "__main__":
    means()
    densities()
    targets()
