import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real models and samples; it is beside the repository and not part of it."""
    path = Path(os.environ.get("INTACT_SHARED") or Path(__file__).parents[2] / "shared")
    if not path.is_dir():
        pytest.skip(f"real models and samples are not at {path}; INTACT_SHARED can name another place")
    return path
