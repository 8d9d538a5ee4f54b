"""What LiteRT runs on: results of its fast kernels depend on it."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path
from typing import Final

_VECTORS: Final = (
    "sse4_1", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512vbmi", "avx512_vnni",
    "avx_vnni", "amx_int8", "neon", "asimd", "asimddp", "i8mm", "sve",
)  # fmt: skip


def described() -> dict[str, str]:
    """Returns the versions of LiteRT and NumPy, the machine, the processor and its vector instructions."""
    about = _cpuinfo()
    flags = set((about.get("flags") or about.get("Features") or "").split())
    return {
        "litert": importlib.metadata.version("ai-edge-litert"),
        "numpy": importlib.metadata.version("numpy"),
        "machine": f"{platform.system()} {platform.machine()}",
        "processor": about.get("model name") or platform.processor() or "unknown",
        "instructions": " ".join(v for v in _VECTORS if v in flags) or "unknown",
    }


def _cpuinfo() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:  # only Linux has it
        return {}
    lines = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {key.strip(): value.strip() for key, _, value in lines}
