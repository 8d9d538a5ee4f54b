"""The experiments of docs/experiments.md print what the page says they print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "experiments.md"
BEGINNING, *_ = re.findall(r"^```python\n(.*?)^```\n", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
EXPERIMENTS = re.findall(
    r"^##+ ([^\n]*)\n[^`#]*(?:`[^`\n]+`[^`#]*)*^```python\n(.*?)^```\n```text\n(.*?)^```",
    PAGE.read_text("utf-8"),
    re.DOTALL | re.MULTILINE,
)


def test_every_script_is_among_the_experiments() -> None:
    assert PAGE.read_text("utf-8").count("```python") == len(EXPERIMENTS) + 1


@pytest.mark.parametrize(("script", "shown"), [e[1:] for e in EXPERIMENTS], ids=[e[0] for e in EXPERIMENTS])
def test_experiments_print_what_the_page_shows(script: str, shown: str) -> None:
    done = subprocess.run([sys.executable, "-c", BEGINNING + script], capture_output=True, text=True, check=False)
    assert done.stdout == shown, done.stderr
