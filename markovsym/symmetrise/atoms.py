"""The outcomes of kernels that have finitely many, also of those made of such kernels."""

import torch

from markovsym.errors import NotFiniteError
from markovsym.kernels import Atoms, Composite, FiniteKernel, Kernel, Parallel
from markovsym.randomness import Ambient
from markovsym.spaces import Value, dtype_of, joined, parts_of, repeated, value_of
from markovsym.symmetrise.composite import Unrestricted
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.equivariant import Derived
from markovsym.symmetrise.gamma import Haar
from markovsym.symmetrise.sym import SymmetrisedKernel


def atoms(kernel: Kernel, value: Value) -> Atoms:
    """The outcomes of a kernel at each point of a batch, and their probabilities.

    Raises:
        NotFiniteError: If it is not known to have finitely many.
    """
    match kernel:
        case FiniteKernel():
            return kernel.atoms(value)
        case _ if kernel.deterministic:
            return _one(kernel, value)
        case Known(kernel=inner) | Derived(kernel=inner) | Unrestricted(kernel=inner):
            return atoms(inner, value)
        case Haar():
            return _uniform(kernel, value)
        case Composite(first=first, second=second):
            return _flat(_after(second, atoms(first, value)))
        case Parallel():
            return _beside(kernel, value)
        case SymmetrisedKernel():
            return _symmetrised(kernel, value)
        case _:
            raise NotFiniteError(
                f"{kernel.label} is not known to have finitely many outcomes; average or bound "
                "over draws instead"
            )


def dims_of(kernel: Kernel, value: Value) -> int:
    """The number of batch dimensions of a point of the domain."""
    return len(kernel.dom.space.measure(value)[0])


def _one(kernel: Kernel, value: Value) -> Atoms:
    dims, device = dims_of(kernel, value), [part.device for part in parts_of(value)]
    at = Ambient(device[0] if device else torch.device("cpu"))
    found = kernel.sample(value, generator=at)
    batch, _ = kernel.cod.space.measure(found)
    weights = torch.ones(*batch, 1, dtype=dtype_of(value), device=at.device)
    return Atoms(weights, repeated(found, dims, 1))


def _uniform(gamma: Haar, value: Value) -> Atoms:
    batch, _ = gamma.dom.space.measure(value)
    device = parts_of(value)[0].device
    elements = gamma.state.group.elements(device=device)
    every = gamma.coset(elements)
    values = tuple(part.expand(*batch, *part.shape) for part in parts_of(every))
    count = len(parts_of(elements)[0])
    weights = torch.full((*batch, count), 1 / count, dtype=dtype_of(value), device=device)
    return Atoms(weights, value_of(values))


def _after(kernel: Kernel, first: Atoms) -> Atoms:
    """The outcomes of a kernel at each outcome of another; one more dimension runs over them."""
    second = atoms(kernel, first.values)
    return Atoms(first.weights.unsqueeze(-1) * second.weights, second.values)


def _flat(nested: Atoms) -> Atoms:
    weights = nested.weights
    return Atoms(weights.flatten(-2), joined(nested.values, weights.dim() - 2))


def _beside(kernel: Parallel, value: Value) -> Atoms:
    dims, cut = dims_of(kernel, value), len(kernel.left.dom.space.factors)
    parts = parts_of(value)
    left = atoms(kernel.left, value_of(parts[:cut]))
    right = atoms(kernel.right, value_of(parts[cut:]))
    m, n = left.weights.shape[-1], right.weights.shape[-1]
    weights = left.weights.unsqueeze(-1) * right.weights.unsqueeze(-2)
    values = (
        *parts_of(repeated(left.values, dims + 1, n)),
        *parts_of(repeated(right.values, dims, m)),
    )
    return _flat(Atoms(weights, value_of(values)))


def _symmetrised(s: SymmetrisedKernel, x: Value) -> Atoms:
    dims, cosets = dims_of(s, x), atoms(s.gamma, x)
    X, Y, count = s.acted(s.dom), s.acted(s.cod), cosets.weights.shape[-1]
    g = s.represent(cosets.values)
    back = X.act(X.group.inverse(g), repeated(x, dims, count))
    nested = _after(s.kernel, Atoms(cosets.weights, back))
    many = repeated(g, dims + 1, nested.weights.shape[-1])
    return _flat(Atoms(nested.weights, Y.act(many, nested.values)))
