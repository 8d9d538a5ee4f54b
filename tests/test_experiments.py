"""The experiments of docs/experiments.md print what the page says they print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "experiments.md").read_text(encoding="utf-8")
BEGINNING, *SCRIPTS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SHOWN = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
TITLES = [part.partition("\n")[0] for part in re.split(r"^##+ ", PAGE, flags=re.MULTILINE) if "```text" in part]


@pytest.mark.parametrize(("script", "shown"), list(zip(SCRIPTS, SHOWN, strict=True)), ids=TITLES)
def test_experiments_print_what_the_page_shows(script: str, shown: str) -> None:
    done = subprocess.run([sys.executable, "-c", BEGINNING + script], capture_output=True, text=True, check=False)
    assert done.stdout == shown, done.stderr
