"""Sizes of the networks of the papers, and of small ones for two CPU cores."""

from markovsym_diffusion.denoisers import Backbone, FrameSize
from markovsym_diffusion.networks import TransformerSize

BACKBONE = Backbone(
    transformer=TransformerSize(width=384, depth=12, heads=6), radial=200, basis=184
)
"""SymDiff, DiT and their relatives."""
STAR = Backbone(transformer=TransformerSize(width=768, depth=12, heads=12), radial=386, basis=382)
"""SymDiff*."""
MINUS = Backbone(transformer=TransformerSize(width=360, depth=10, heads=6), radial=188, basis=172)
"""SymDiff-."""
MINUS_MINUS = Backbone(
    transformer=TransformerSize(width=294, depth=8, heads=6), radial=155, basis=139
)
"""SymDiff--."""
FRAME = FrameSize(transformer=TransformerSize(width=128, depth=8, heads=4), hidden=64)
"""f of all but SymDiff*."""
STAR_FRAME = FrameSize(transformer=TransformerSize(width=216, depth=10, heads=8), hidden=80)
"""f of SymDiff*."""


def small_backbone(width: int, depth: int, heads: int, *, pair_bias: bool = False) -> Backbone:
    """A transformer for a CPU; times reach it in thousands, its radial functions 6 ångström."""
    return Backbone(
        transformer=TransformerSize(width=width, depth=depth, heads=heads, time_scale=1000.0),
        radial=width // 2,
        basis=width // 2,
        pair_bias=pair_bias,
        reach=6.0,
    )


def small_frame(width: int, depth: int, heads: int) -> FrameSize:
    """F for a CPU."""
    size = TransformerSize(width=width, depth=depth, heads=heads, time_scale=1000.0)
    return FrameSize(transformer=size, hidden=width // 2)
