"""The command as a process: its exit status, its streams, and how it ends before its time."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command import CALIBRATION, DEADLY, FLOAT, Intact, samples, saved

INTACT = Path(sys.executable).with_name("intact")
LOWEST = -(2**31)

DIED = (
    "error: the process died ({}), most likely in LiteRT. A file is broken, or meets a defect of the runtime; "
    "`intact inspect` shows it without running it. [E503]\n"
)
GUARDED = """
import os, sys, time
from intact.cli.guard import guarded
def work():
    {}
sys.exit(guarded(work))
"""


def intact(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([INTACT, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)


def guarded(body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED.format(body)], capture_output=True, text=True, check=False, timeout=60
    )


def started(body: str, marker: Path) -> subprocess.Popen[str]:
    """Starts a guarded process and waits until its work has begun."""
    begun = f"open({str(marker)!r}, 'w').write(str(os.getpid())); "
    process = subprocess.Popen([sys.executable, "-c", GUARDED.format(begun + body)], text=True, stderr=subprocess.PIPE)
    until(lambda: marker.exists() and marker.read_text() != "")
    return process


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_streams_and_status(tmp_path: Path) -> None:
    done = intact("quantize", FLOAT, "--data", CALIBRATION, "-o", tmp_path / "out.tflite", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{\n")
    done = intact("inspect", tmp_path / "none.tflite")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path}/none.tflite: does not exist; expected a file. [E001]\n"


def test_version_and_help() -> None:
    assert intact("--version").stdout.startswith("intact 0.")
    shown = intact("--help").stdout
    assert all(name in shown for name in ("inspect", "calibrate", "quantize", "compare", "convert"))
    assert "Example: intact quantize" in intact("quantize", "-h").stdout
    bare = intact()
    assert (bare.returncode, bare.stdout) == (2, "")
    assert "Commands:" in bare.stderr


def test_help_imports_neither_numpy_nor_litert() -> None:
    code = (
        "import sys; sys.argv = ['intact', '--help']\nfrom intact.cli.main import run\nrun()\n"
        "sys.exit(bool({'numpy', 'ai_edge_litert', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("how", ["", "--json", "--full"])
def test_a_reader_that_goes_away(how: str, tmp_path: Path) -> None:
    lines = "\n".join(f"  %v{i} = RELU(%v{i - 1})" for i in range(1, 2001))
    model = saved(f"graph main(%v0: float32[1,4]) -> (%v2000) {{\n{lines}\n}}", tmp_path)
    command = [INTACT, "inspect", model, *how.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_output_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with (tmp_path / "out").open("rb") as not_for_writing:
        done = subprocess.run(
            [INTACT, "inspect", FLOAT], stdout=not_for_writing, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "error: standard output or a temporary file: Bad file descriptor. [E002]\n"


def test_streams_that_are_closed(tmp_path: Path) -> None:
    out = tmp_path / "out.tflite"
    command = f"exec {INTACT} quantize {FLOAT} --data {CALIBRATION} -o {out}"
    for closed in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        assert (
            subprocess.run(["/bin/sh", "-c", f"{command} {closed}"], capture_output=True, check=False).returncode == 0
        )
        out.unlink()


def test_a_later_sample_that_kills_litert(tmp_path: Path) -> None:
    """The first sample is tried in a process of its own; this is what the others are guarded by."""
    model = saved(DEADLY, tmp_path)
    n, d = np.full((6, 1), LOWEST, np.int32), np.full((6, 1), 7, np.int32)
    d[4] = -1
    np.savez(tmp_path / "x.npz", x=samples(4, count=6), n=n, d=d)
    done = intact("quantize", model, "--data", tmp_path / "x.npz", "-o", tmp_path / "out.tflite")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", DIED.format("SIGFPE"))
    assert {p.name for p in tmp_path.iterdir()} == {"model.tflite", "x.npz"}


def test_a_first_sample_that_kills_litert(intact_: Intact, tmp_path: Path) -> None:
    model = saved(DEADLY, tmp_path)
    np.savez(tmp_path / "x.npz", x=samples(4), n=np.full((8, 1), LOWEST, np.int32), d=np.full((8, 1), -1, np.int32))
    done = intact_("quantize", model, "--data", tmp_path / "x.npz", "-o", tmp_path / "out.tflite")
    assert done.error == (
        f"sample x.npz[0]: {model}: LiteRT's default kernels end the whole process on this model (SIGFPE). "
        "The file is broken or meets a defect of the runtime; `intact inspect` shows it without running it. [E503]"
    )


@pytest.mark.parametrize(("body", "status"), [("return 0", 0), ("return 1", 1), ("sys.exit(2)", 2)])
def test_a_status_comes_through(body: str, status: int) -> None:
    done = guarded(f"print('out'); {body}")
    assert (done.returncode, done.stdout, done.stderr) == (status, "out\n", "")


def test_a_process_that_dies() -> None:
    done = guarded("print('lost?', flush=True); os.abort()")
    assert (done.returncode, done.stdout, done.stderr) == (2, "lost?\n", DIED.format("SIGABRT"))
    done = guarded("os.kill(os.getpid(), 9)")
    assert done.stderr == (
        "error: the process was killed (SIGKILL). Memory may have run out: every value of the model is observed while "
        "it is calibrated. [E503]\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_work_clean_up_once(number: signal.Signals, tmp_path: Path) -> None:
    body = """
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        time.sleep(0.3)  # the second signal comes meanwhile
        print("cleaned up", file=sys.stderr)
        return 130"""
    process = started(body, tmp_path / "begun")
    process.send_signal(number)
    time.sleep(0.1)
    process.send_signal(number)
    assert process.communicate(timeout=20)[1] == "cleaned up\n"
    assert process.returncode == 130


def test_work_ends_when_the_command_is_killed(tmp_path: Path) -> None:
    process = started("time.sleep(60)", tmp_path / "begun")
    child = int((tmp_path / "begun").read_text())
    process.kill()
    process.communicate(timeout=20)
    if sys.platform != "linux":
        return  # other systems do not tell a process that its parent has died
    until(lambda: not Path(f"/proc/{child}").exists() or "State:\tZ" in Path(f"/proc/{child}/status").read_text())


def test_interrupted_while_it_works(tmp_path: Path) -> None:
    begun, out = tmp_path / "begun", tmp_path / "out.tflite"
    code = f"""
import sys, time
from intact.cli.main import main
import intact.diagnose.compare
def work(*_, **__):
    open({str(begun)!r}, "w").write("begun")
    time.sleep(60)
intact.diagnose.compare.compare = work
sys.argv = ["intact", "quantize", {str(FLOAT)!r}, "--data", {str(CALIBRATION)!r}, "-o", {str(out)!r}]
main()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    until(begun.exists)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1].strip() == "interrupted; nothing was written"
    assert process.returncode == 130
    assert [p.name for p in tmp_path.iterdir()] == ["begun"]


def test_interrupted_in_this_process(intact_: Intact, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("intact.diagnose.compare.compare", interrupt)
    done = intact_("quantize", FLOAT, "--data", CALIBRATION, "-o", tmp_path / "out.tflite")
    assert (done.status, done.out, done.err.strip()) == (130, "", "interrupted; nothing was written")
    assert list(tmp_path.iterdir()) == []


def test_a_defect_of_ours_is_one_line_too(intact_: Intact, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("intact.diagnose.inspect.inspect", fail)
    assert intact_("inspect", FLOAT).error == (
        "intact failed where it should not: ZeroDivisionError: by nothing. "
        "Please report it; INTACT_TRACEBACK=1 shows where."
    )
    monkeypatch.setenv("INTACT_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        intact_("inspect", FLOAT)


def test_memory_that_runs_out(intact_: Intact, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("intact.diagnose.inspect.inspect", fail)
    assert intact_("inspect", FLOAT).error == "the model or a sample does not fit into memory"
