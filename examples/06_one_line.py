"""Any torch module, made equivariant in one line; how far off it is before and after."""

import torch
from torch import Tensor, nn

import markovsym as ms
from markovsym.actions import GSpace, Shift, matrix, trivial
from markovsym.groups import GL, SE, C, Direct, Group, O, S

rng = torch.Generator().manual_seed(0)
torch.default_generator.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 3)).double()
image_net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(784, 10)).double()


def gap(model: nn.Module, X: GSpace, Y: GSpace, x: Tensor, g: object) -> float:
    """The largest entry of model(g x) - g model(x), over that of model(x)."""
    here, there = Y.act(g, model(x)), model(X.act(g, x))
    return float((there - here).abs().max() / here.abs().max())


def in_law(model: nn.Module, X: GSpace, Y: GSpace, x: Tensor, g: object) -> float:
    """A p-value: small, if g^-1 model(g x) and model(x) have different laws."""
    many = x.expand(4096, *x.shape)
    back = Y.act(Y.group.inverse(g), model(X.act(g, many)))
    return ms.testing.law_difference(back, model(many))


@torch.no_grad()
def points(G: Group) -> None:
    """Points, one a row, under a group that moves them or puts them in another order."""
    equivariant = ms.Symmetrised(net, G)  # the line
    X = equivariant.kernel.dom
    x = torch.randn(6, 3, generator=rng, dtype=torch.float64)
    g = G.random(generator=rng, dtype=torch.float64)
    before, after = (in_law(model, X, X, x, g) for model in (net, equivariant))
    print(
        f"{G!s:12} p = {before:8.1e} before, {after:.2f} after;  {equivariant.why}".split("\n")[0]
    )


@torch.no_grad()
def images() -> None:
    """Images 16 pixels wide, rolled by two at a time; the exact mean over all eight rolls."""
    X, Y = ms.gspace((1, 16, 16), Shift(C(8))), ms.gspace((10,), trivial(C(8)))
    equivariant = ms.Symmetrised(image_net, dom=X, cod=Y, average=True)
    with torch.no_grad():
        x, g = (
            torch.randn(3, 1, 16, 16, generator=rng, dtype=torch.float64),
            torch.tensor([1, 3, 6]),
        )
        before, after = (gap(model, X, Y, x, g) for model in (image_net, equivariant))
    print(f"C(8)         {before:.1e} before, {after:.1e} after, averaged over the eight")
    equivariant.symmetric = False  # for an ablation
    assert torch.equal(equivariant(x), image_net(x))


@torch.no_grad()
def frames() -> None:
    """The mean over the eight frames of the principal axes: an equivariant function."""
    X = ms.gspace((6, 3), matrix(O(3)))
    equivariant = ms.Symmetrised(net, dom=X, gamma=ms.gammas.principal_axes, average=True)
    x = torch.randn(6, 3, generator=rng, dtype=torch.float64)
    Q = O(3).haar(generator=rng, dtype=torch.float64)
    before, after = (gap(model, X, X, x, Q) for model in (net, equivariant))
    print(f"O(3)         {before:.1e} before, {after:.1e} after, averaged over the eight frames")


if __name__ == "__main__":
    for group in (O(3), SE(3), Direct(S(6), O(3)), GL(3)):
        points(group)
    images()
    frames()
