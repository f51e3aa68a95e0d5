"""``data qm9``."""

from markovsym_diffusion.commands.console import say, show, show_json
from markovsym_diffusion.datasets import build_qm9, load_qm9
from markovsym_diffusion.datasets.qm9 import CUTS, cache_path
from markovsym_diffusion.options import Data


def run(options: Data) -> None:
    """Build or check the cache, and say where it is."""
    if options.rebuild:
        build_qm9(report=say)
    molecules = load_qm9(report=say)
    facts = {
        "cache": str(cache_path()),
        "molecules": len(molecules),
        "atoms": len(molecules.numbers),
        **{split: end - start for split, (start, end) in CUTS.items()},
    }
    if options.json:
        show_json(facts)
    else:
        show("\n".join(f"{name:10} {fact}" for name, fact in facts.items()))
