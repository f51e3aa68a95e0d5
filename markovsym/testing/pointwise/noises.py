"""Laws of noise: kernels from the unit into a space that says how a group moves the noise."""

from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from markovsym.actions import Acted, Action, GSpace, Together, Trivial, regular, trivial
from markovsym.groups import Complement, Cosets, FactorInclusion, Group, Same
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import UNIT, Object, Space, Value, value_of
from markovsym.symmetrise.gamma import HaarState
from markovsym.testing.inputs.named import SIZE
from markovsym.testing.outcome import NotApplicableError


def haar_noise(G: Group) -> Kernel:
    """The Haar measure of a group, which moves it by multiplication from the left."""
    return HaarState(G, regular(G))


def normal_noise(U: GSpace, sizes: Mapping[str, int] | None = None) -> Kernel:
    """Independent standard normal numbers.

    Args:
        U: Where they lie, and how a group moves them.
        sizes: What the names of sizes stand for; 5 where nothing is said.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> noise = haar_noise(O(3)) @ normal_noise(gspace((20, 3), matrix(O(3))))
        >>> len(noise.cod.blocks)
        2
    """
    known = sizes or {}
    numbers = Space(
        tuple(
            replace(
                f, shape=tuple(n if isinstance(n, int) else known.get(n, SIZE) for n in f.shape)
            )
            for f in U.space.factors
        )
    )
    return NoiseOutsourced(_same, numbers, UNIT, U)


def no_noise(G: Group) -> Kernel:
    """The unit."""
    return Deterministic(_same, UNIT, GSpace(G, ()))


def moved_as(noise: Kernel, U: GSpace) -> Kernel:
    """The same draws, moved otherwise."""
    return noise >> Deterministic(_same, noise.cod, U)


def still(X: Object, G: Group) -> GSpace:
    """A space of which a group moves nothing."""
    return GSpace(G, tuple(Acted(Space((one,)), trivial(G)) for one in X.space.factors))


def from_canonical_frame(V: GSpace, cosets: Cosets) -> GSpace:
    """How G moves noise of a kernel that is run in a canonical frame, where H moves it.

    The kernel is run at s(c)^-1 x; at g x this is s(g c)^-1 g x, which is h s(c)^-1 x for some h.
    The noise must be moved by that h: by none if H is trivial, and by the entry of g in H if H is
    a factor, since then the cosets are the elements of the other one.

    Args:
        V: Where the noise lies, with the action of H.
        cosets: G/H, along which the kernel is symmetrised.

    Raises:
        NotApplicableError: If h depends on the coset too, and the noise on h.

    Source:
        Theory of this project, T5, for s(g c)^-1 g s(c) in H.
    """
    if all(isinstance(action, Trivial) for action in V.actions):
        return still(V, cosets.group)
    match cosets.phi, cosets.writing:
        case Same(), _:
            return V
        case _, Complement(phi) if phi.product.direct or phi.side == "right":
            blocks = (Acted(one.space, _of_factor(phi, one.action)) for one in V.blocks)
            return GSpace(cosets.group, tuple(blocks))
        case _:
            raise NotApplicableError(
                f"along {cosets.phi} the noise of the kernel is moved by an element of "
                f"{cosets.stabiliser} that depends on the point, so no action on the noise makes "
                "the symmetrised kernel equivariant draw by draw; test it in law"
            )


def _of_factor(phi: FactorInclusion, action: Action) -> Together:
    """An action of a factor, as one of the product, of which the other factor moves nothing."""
    other = trivial(phi.other.dom)
    if phi.side == "left":
        return Together(phi.product, action, other)
    return Together(phi.product, other, action)


def _same(*noise: Tensor) -> Value:
    return value_of(noise)
