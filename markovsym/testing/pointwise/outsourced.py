"""Kernels of the library as functions of their input and of noise that a group moves along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import final

import torch

from markovsym.actions import GSpace, coset_space, restrict
from markovsym.groups import Cosets, Group
from markovsym.kernels import Composite, Deterministic, Kernel, NoiseOutsourced, Parallel
from markovsym.randomness import Ambient
from markovsym.spaces import Object, Value, parts_of, value_of
from markovsym.symmetrise import SymmetrisedKernel, Unrestricted, declare_equivariant, sym
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.equivariant import Derived, ends
from markovsym.symmetrise.gamma import Haar, HaarState
from markovsym.symmetrise.part import OnParts
from markovsym.testing.inputs.named import sized
from markovsym.testing.law.invariant_law import end_of
from markovsym.testing.outcome import NotApplicableError
from markovsym.testing.pointwise.noises import (
    from_canonical_frame,
    moved_as,
    no_noise,
    normal_noise,
    still,
)

Function = Callable[..., Value]


@final
@dataclass(frozen=True, eq=False)
class Outsourced:
    """A kernel X -> Y as f(x, u) with independent noise u, and how a group moves u along with x."""

    function: Function
    """Handed one tensor for each factor of X, then for each factor of U; draws nothing."""
    noise: Kernel
    """The law of u, a kernel I -> U."""
    X: GSpace
    """Where the kernel starts."""
    Y: GSpace
    """Where it ends."""

    @property
    def noise_space(self) -> GSpace:
        """Where the noise lies, and how the group moves it."""
        return end_of(self.noise)


@final
@dataclass(frozen=True, eq=False)
class _Form:
    """The same of a part, which need not lie between spaces that carry an action."""

    function: Function
    noise: Kernel

    @property
    def end(self) -> GSpace:
        return end_of(self.noise)

    def at(self, x: Value, u: Value) -> Value:
        return self.function(*parts_of(x), *parts_of(u))


def outsourced(kernel: Kernel, sizes: Mapping[str, int] | None = None) -> Outsourced:
    """Write a kernel as a function of its input and of noise.

    Normal noise is moved as the kernel declares, or not at all; a draw from Haar is multiplied from
    the left. In sym(k, gamma) the noise of gamma is moved as in gamma; that of k lies in the
    canonical frame, where only H moves it.

    Args:
        kernel: Made of functions, ``NoiseOutsourced``, Haar and ``sym``, in a row or side by side.
        sizes: What the names of sizes in the noise stand for; 5 where nothing is said.

    Raises:
        CompositionError: If it does not lie between spaces with actions of one group.
        NotApplicableError: If a part of it is not known as a function of noise.

    Source:
        Kallenberg (2002), lemma 3.22.
    """
    X, Y = ends(kernel)
    form = _rewritten(kernel, X.group, sizes or {})
    return Outsourced(form.function, form.noise, X, Y)


def _rewritten(kernel: Kernel, G: Group, sizes: Mapping[str, int]) -> _Form:
    match kernel:
        case _ if kernel.deterministic:
            return _Form(_function_of(kernel), no_noise(G))
        case NoiseOutsourced():
            return _Form(kernel.function, normal_noise(_acted(kernel.noise, G), sizes))
        case Known(kernel=inner) | Derived(kernel=inner):
            return _rewritten(inner, G, sizes)
        case Composite(first=first, second=second):
            return _in_a_row(kernel.dom, _rewritten(first, G, sizes), _rewritten(second, G, sizes))
        case Parallel(left=left, right=right):
            return _beside(kernel, _rewritten(left, G, sizes), _rewritten(right, G, sizes))
        case Haar():
            return _haar(kernel, sizes)
        case SymmetrisedKernel():
            return _symmetrised(kernel, sizes)
        case _:
            raise NotApplicableError(
                f"wanted a kernel made of functions, NoiseOutsourced, haar and sym, got one with "
                f"{kernel.label}, a {type(kernel).__name__}, in it; write that as NoiseOutsourced, "
                "or hand over a function of the input and of the noise, with the noise"
            )


def _function_of(kernel: Kernel) -> Function:
    """A kernel that draws nothing, as a function."""

    def function(*parts: torch.Tensor) -> Value:
        place = parts[0].device if parts else torch.device("cpu")
        return kernel.sample(value_of(parts), generator=Ambient(place))

    return function


def _acted(noise: Object, G: Group) -> GSpace:
    return noise if isinstance(noise, GSpace) and noise.group == G else still(noise, G)


def _in_a_row(X: Object, first: _Form, second: _Form) -> _Form:
    def both(x: Value, u: Value, v: Value) -> Value:
        return second.at(first.at(x, u), v)

    return _Form(OnParts(both, _cuts(X, first.end, second.end)), first.noise @ second.noise)


def _beside(kernel: Parallel, left: _Form, right: _Form) -> _Form:
    def both(x: Value, y: Value, u: Value, v: Value) -> Value:
        return value_of(parts_of(left.at(x, u)) + parts_of(right.at(y, v)))

    cuts = _cuts(kernel.left.dom, kernel.right.dom, left.end, right.end)
    return _Form(OnParts(both, cuts), left.noise @ right.noise)


def _haar(gamma: Haar, sizes: Mapping[str, int]) -> _Form:
    def coset(x: Value, u: Value) -> Value:
        return gamma.coset(u)

    noise = HaarState(sized(gamma.state.group, sizes), end_of(gamma.state))
    return _Form(OnParts(coset, _cuts(gamma.dom, end_of(noise))), noise)


def _symmetrised(kernel: SymmetrisedKernel, sizes: Mapping[str, int]) -> _Form:
    """Functions of x and the noise are symmetrised as those of x are: sym is not written twice."""
    (X, Y), cosets = ends(kernel), kernel.cosets
    first = _rewritten(kernel.gamma, cosets.group, sizes)
    base = _in_canonical_frame(kernel.kernel, cosets, sizes)

    def gamma(x: Value, u: Value, v: Value) -> Value:
        return first.at(x, u)

    def k(x: Value, u: Value, v: Value) -> Value:
        return base.at(x, v)

    Z, cuts = X @ first.end @ base.end, _cuts(X, first.end, base.end)
    whole = sym(
        declare_equivariant(Deterministic(OnParts(k, cuts), Z, Y), cosets.phi),
        declare_equivariant(
            Deterministic(OnParts(gamma, cuts), Z, coset_space(cosets)), cosets.group
        ),
    )
    return _Form(_function_of(whole), first.noise @ base.noise)


def _in_canonical_frame(kernel: Kernel, cosets: Cosets, sizes: Mapping[str, int]) -> _Form:
    """A kernel that is to be symmetrised, with its noise under the whole group."""
    match kernel:
        case Known(kernel=inner):
            return _in_canonical_frame(inner, cosets, sizes)
        case Unrestricted(kernel=inner, over=phi) if phi == cosets.phi:
            form = _rewritten(inner, cosets.stabiliser, sizes)
            moved = form.end
        case _:
            form = _rewritten(kernel, cosets.group, sizes)
            moved = restrict(form.end, cosets.phi)
    return _Form(form.function, moved_as(form.noise, from_canonical_frame(moved, cosets)))


def _cuts(*spaces: Object) -> tuple[int, ...]:
    """Where the tensors of each space begin, all in a row."""
    return (0, *accumulate(len(one.space.factors) for one in spaces))
