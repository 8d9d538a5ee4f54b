"""What test files of a folder list for the laws: their CASES, their REWRITES."""

import importlib.util
from pathlib import Path
from typing import Any


def listed(folder: str, name: str) -> list[Any]:
    """The items of the list `name` in every test file of a folder of tests/, in the order of the files."""
    found: list[Any] = []
    for path in sorted((Path(__file__).parent / folder).glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"listed_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += getattr(module, name, [])
    return found
