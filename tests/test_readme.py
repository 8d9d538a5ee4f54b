"""The README's blocks are run in the order in which a reader meets them, in a copy of what they name; so is the example
of docs/python.md.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(
    r"^```(console|python)\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)


def run(folder: Path, *command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def form(line: str) -> str:
    """The line without its numbers, which another processor may make differ, and the widths that follow from them."""
    return " ".join(re.sub(r"[-+]?\d[\d.,]*(e[-+]?\d+)?", "#", line).split())


def assert_shown(shown: str, printed: str) -> None:
    """The lines shown are lines printed, in order, but for numbers; `...` stands for those left out."""
    lines = iter([form(line) for line in printed.splitlines()])  # `in` goes on from where it last found something
    missing = [line for line in shown.splitlines() if line.strip() not in ("", "...") and form(line) not in lines]
    assert not missing, f"not printed: {missing}\n{printed}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_readme_has_the_main_command() -> None:
    assert any("$ intact quantize" in text for _, text in BLOCKS)


def test_readme_blocks_do_what_they_show(copy: Path) -> None:
    for language, text in BLOCKS:
        if language == "python":
            run(copy, sys.executable, "-c", text)
            continue
        for command in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, shown = command.partition("\n")
            assert_shown(shown, run(copy, *shlex.split(line)))


def test_the_example_of_the_python_page_runs_and_says_how_it_went(copy: Path) -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    example = re.search(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example
    said = run(copy, sys.executable, "-c", example[1])
    assert "200 samples: nothing found\n" in said
    assert "litert-reference: 0 of 13088 numbers differ" in said
    assert (copy / "digits_uint8.tflite").exists()
