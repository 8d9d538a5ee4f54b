"""Runs the commands it is told on stdin, each in a process forked from this one: as real as a new one, and quick.

A line in is a JSON list: the folder to work in, and the arguments. A line out is a JSON list: the exit status (negative
for a signal), what was written on stdout and what on stderr.
"""

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

import intact.quantizer.calibrate
import intact.report.inspected
import intact.report.quantized
from intact.cli.main import COMMANDS, main


def run(folder: str, arguments: list[str]) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        child = os.fork()
        if child == 0:
            for number, path in ((1, out), (2, err)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
            os.chdir(folder)
            sys.argv = ["intact", *arguments]
            try:
                main()
            except SystemExit as end:  # not the end of this script, which has a folder to clear away
                sys.stdout.flush()
                os._exit(int(end.code or 0))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status, out.read_text("utf-8"), err.read_text("utf-8")


if __name__ == "__main__":
    for command in COMMANDS:
        importlib.import_module(f"intact.cli.{command.replace('-', '_')}")
    importlib.import_module("ai_edge_litert.interpreter")
    # What the trial run of a model would find the guard of the whole command must find as well, and sooner.
    intact.quantizer.calibrate.probe = lambda *_: None
    while line := sys.stdin.readline():
        print(json.dumps(run(*json.loads(line))), flush=True)
