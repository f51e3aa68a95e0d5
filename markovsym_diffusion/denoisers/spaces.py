"""The spaces a denoiser works between, with the action of S_N x O(3) on each."""

from dataclasses import dataclass
from typing import final

from markovsym.actions import GSpace, gspace, matrix, permutation, together, trivial
from markovsym.groups import Cosets, Direct, FactorInclusion, O, S
from markovsym.spaces import CentreFree, Kind

PERMUTATIONS = S("atom")
"""S_N, which reorders the atoms."""
ROTATIONS = O(3)
"""O(3), which turns and reflects the positions."""
SYMMETRIES = Direct(PERMUTATIONS, ROTATIONS)
"""S_N x O(3), which acts on molecules."""
FRAMES = Cosets(FactorInclusion(SYMMETRIES, "left"))
"""(S_N x O(3)) / S_N, which is O(3): where gamma ends."""

_STILL = trivial(ROTATIONS)


@final
@dataclass(frozen=True)
class MoleculeSpaces:
    """The spaces of molecules, by the widths of features, embedded distances and pairs.

    Where nothing looks at the pairs, their width is 0. A self-conditioned network sees one more
    molecule, which turns along: what was believed of the first.
    """

    channels: int
    radial: int
    basis: int
    self_conditioned: bool = False

    @property
    def molecule(self) -> GSpace:
        """[x, h]: positions, centred, and features."""
        positions = together(permutation(PERMUTATIONS), matrix(ROTATIONS))
        features = together(permutation(PERMUTATIONS), _STILL)
        return gspace(("atom", 3), positions, constraint=CentreFree()) @ gspace(
            ("atom", self.channels), features
        )

    @property
    def context(self) -> GSpace:
        """The time, which nothing moves, and the mask, which goes along with the atoms."""
        mask = together(permutation(PERMUTATIONS, (-1,)), _STILL)
        return gspace((), trivial(SYMMETRIES)) @ gspace(("atom",), mask, Kind.BOOLEAN)

    @property
    def distances(self) -> GSpace:
        """What is known of the distances, for each atom and for each pair: O(3) leaves it alone."""
        atoms = together(permutation(PERMUTATIONS), _STILL)
        pairs = together(permutation(PERMUTATIONS, (-3, -2)), _STILL)
        return gspace(("atom", self.radial), atoms) @ gspace(("atom", "atom", self.basis), pairs)

    @property
    def noisy(self) -> GSpace:
        """What a denoiser starts from: a molecule, its time and its mask, and any belief."""
        return self._believed(self.molecule @ self.context)

    @property
    def embedded(self) -> GSpace:
        """The same, and what is known of the distances."""
        return self._believed(self.molecule @ self.context @ self.distances)

    @property
    def noise(self) -> GSpace:
        """The noise of a frame network, three numbers for each atom; O(3) leaves it alone."""
        return gspace(("atom", 3), together(permutation(PERMUTATIONS), _STILL))

    def _believed(self, space: GSpace) -> GSpace:
        return space @ self.molecule if self.self_conditioned else space
