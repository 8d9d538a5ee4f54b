"""The `intact` command: finds the commands, and turns every error into one line and an exit status.

Status 0: done. 1: a comparison or check found something. 2: bad usage or bad input. A command is a module of this
package with a `command`; it imports what it works with when it runs, so that help is quick.
"""

from __future__ import annotations

import difflib
import io
import os
import sys
from pathlib import Path
from typing import Final

import click

from intact.cli.guard import guarded
from intact.errors import IntactError, UsageError

COMMANDS: Final = (
    "inspect", "check", "contract", "calibrate", "quantize", "run", "explain", "certify", "diff-runtimes", "bench",
    "compare", "convert", "doctor",
)  # fmt: skip
"""Modules of this package with a command, in the order in which help lists them."""


class Commands(click.Group):
    """A group that imports a command's module when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in their own order, not the alphabet's."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; a mistyped one is told which it may have meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else f" There are: {', '.join(COMMANDS)}."
            ctx.fail(f"no such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a module."""
        if cmd_name not in COMMANDS:
            return None
        import importlib

        found: click.Command = importlib.import_module(f"intact.cli.{cmd_name.replace('-', '_')}").command
        return found


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: intact quantize model.tflite --data samples/ -o model_int8.tflite",
)
@click.version_option(package_name="intact", message="%(prog)s %(version)s")
def cli() -> None:
    """Make float neural networks into integer networks you can trust."""


def main() -> None:
    """Runs the command line and exits."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller; no other file may get its number
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for as long as we run
    sys.exit(guarded(run))


def run() -> int:
    """Runs the command line in this process and returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names and paths hold characters that not every terminal has
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(standalone_mode=False, prog_name="intact")
        sys.stdout.flush()
    except IntactError as fault:
        return _fail(str(fault))
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as fault:
        fault.show()
        return 2
    except click.UsageError as fault:
        command = fault.ctx.command_path if fault.ctx else "intact"
        return _fail(str(UsageError(fault.format_message(), fix=f"`{command} --help` says more", where=command)))
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was written", err=True)
        return 130
    except (BrokenPipeError, SystemExit):  # click makes the one the other
        _leave_stdout()  # its reader went away, as `head` does
        return 0
    except MemoryError:
        return _fail("the model or a sample does not fit into memory")
    except OSError as fault:
        _leave_stdout()
        return _fail(f"{fault.filename or 'standard output or a temporary file'}: {fault.strerror or fault}. [E002]")
    except Exception as fault:
        if os.environ.get("INTACT_TRACEBACK"):
            raise
        return _fail(
            f"intact failed where it should not: {type(fault).__name__}: {fault}. "
            "Please report it; INTACT_TRACEBACK=1 shows where."
        )
    return status if isinstance(status, int) else 0


def _fail(text: str) -> int:
    click.echo(f"error: {text}", err=True)
    return 2


def _leave_stdout() -> None:
    """Lets Python flush what is left into nothing when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
