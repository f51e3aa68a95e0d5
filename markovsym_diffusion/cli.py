"""The command line. It imports no torch, so that help comes at once."""

import importlib
import os
import sys

import tyro

from markovsym.errors import MarkovsymError
from markovsym_diffusion.options import Command

DONE = 0
"""Exit code where nothing went wrong; a command that judges may return another."""
BAD_INPUT = 2
"""Exit code where the input is at fault."""
INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def main(args: list[str] | None = None) -> int:
    """Run one command; what is wrong with its input becomes one line, with exit code 2."""
    command = tyro.cli(
        Command,
        prog="markovsym-diffusion",
        description="Equivariant diffusion models of molecules by stochastic symmetrisation.",
        args=args,
        config=(tyro.conf.FlagCreatePairsOff,),
    )
    module = importlib.import_module(f"markovsym_diffusion.commands.{command.module}")
    try:
        return module.run(command) or DONE
    except MarkovsymError as error:
        sys.stderr.write(f"markovsym-diffusion: {error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("markovsym-diffusion: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
