"""One sym: seven papers are choices of gamma, and of whether to average."""

import torch

import markovsym as ms
from markovsym import gammas
from markovsym.actions import matrix, permutation, trivial
from markovsym.groups import O, S, orthonormalise
from markovsym.symmetrise import EquivariantKernel

rng = torch.Generator().manual_seed(0)
torch.default_generator.manual_seed(0)
G = O(3)
X = ms.gspace((4, 3), matrix(G))
net = gammas.MLP(X, (4, 3))
k = ms.Deterministic(net, X, X)  # it respects nothing


def report(name: str, kernel: EquivariantKernel) -> None:
    """Test it in law, on one cloud and elements of both components."""
    X, group = kernel.dom, kernel.dom.group
    x = torch.randn(*map(int, X.space.factors[0].shape), generator=rng)
    p = ms.testing.assert_equivariant_in_law(kernel, x).p
    print(f"{name:<42} under {group!s:5} p = {p:.2g};", str(kernel.why).splitlines()[0])


@torch.no_grad()
def main() -> None:
    """Every line is a paper."""
    frame = gammas.canonical(lambda x: orthonormalise(x[..., :3, :].mT), X, G)
    report("Kaba et al. 2023, canonicalisation", ms.sym(k, frame))

    axes = gammas.principal_axes(X)
    report("Puny et al. 2022, frame averaging", ms.average(ms.sym(k, axes)))

    noisy = ms.NoiseOutsourced(
        lambda x, z: orthonormalise(x.mT @ (x @ z) + z),  # equivariant, as z moves along
        ms.gspace((3, 3), matrix(G, axes=(-2,))),
        X,
        ms.regular(G),
    )
    kim = ms.declare_equivariant(noisy, G)
    report("Kim et al. 2023, probabilistic symmetrisation", ms.average(ms.sym(k, kim), 64))

    learned = gammas.learned(gammas.MLP(X, (3, 3), noise=8), X, G)
    gamma = ms.recursive(ms.haar(G, X), learned)
    report("Cornish 2024, recursion; SymDiff 2025", ms.sym(k, gamma))
    report("   with Haar alone: SymDiff-H", ms.sym(k, ms.haar(G, X)))

    P, R = ms.gspace((4, 3), permutation(S(4))), ms.gspace((2,), trivial(S(4)))
    readout = ms.Deterministic(gammas.MLP(P, (2,)), P, R)
    report("Murphy et al. 2019, Janossy pooling", ms.average(ms.sym(readout, gammas.janossy(P))))

    weights = gammas.scored(lambda x: (x[..., 0, :] - x[..., 3, :]).sum(-1), P, temperature=0.5)
    report("Dym et al. 2024, weighted frames", ms.average(ms.sym(readout, weights)))


if __name__ == "__main__":
    main()
