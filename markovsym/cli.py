"""The command line. It imports no torch, so that help comes at once."""

import importlib
import sys

import tyro

from markovsym.errors import MarkovsymError
from markovsym.options import Verify

BAD_INPUT = 2
"""Exit code where the input is at fault."""


def main(args: list[str] | None = None) -> int:
    """Run one command; what is wrong with its input becomes one line, with exit code 2."""
    options = tyro.extras.subcommand_cli_from_dict(
        {"verify": Verify},
        prog="markovsym",
        description="Symmetrisation of Markov kernels, and tests of their equivariance.",
        args=args,
        config=(tyro.conf.FlagCreatePairsOff,),
    )
    try:
        return importlib.import_module("markovsym.verify").run(options)
    except MarkovsymError as error:
        sys.stderr.write(f"markovsym: {error}\n")
        return BAD_INPUT
