"""Quantizes the digits classifier as a user would, then asks LiteRT what each file reads right; `make demo` runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

ROOT = Path(__file__).resolve().parents[2]
FLOAT = Path("examples/digits/digits_float.tflite")
HELD_BACK = Path("examples/digits/held_back.npz")
INT8 = Path("demo/digits_int8.tflite")
QUANTIZE = ["quantize", str(FLOAT), "--data", "examples/digits/calibration.npz", "-o", str(INT8)]


def accuracy(model: Path, images: np.ndarray, labels: np.ndarray) -> float:
    """Returns the share of images whose most probable class is the label.

    Args:
        images: float32 (N, 8, 8, 1), in [0, 1].
        labels: uint8 (N,).
    """
    classify = Interpreter(str(ROOT / model)).get_signature_runner()
    classes = [classify(image=image[None])["probabilities"].argmax() for image in images]
    return float(np.mean(classes == labels))


def main() -> int:
    """Returns the exit status: 1 where the int8 model reads markedly fewer digits than the float one."""
    (ROOT / INT8).parent.mkdir(exist_ok=True)
    print("$ intact", *QUANTIZE, flush=True)
    command = [str(Path(sys.executable).with_name("intact")), *QUANTIZE]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status:
        return status
    digits = np.load(ROOT / HELD_BACK)
    before, after = (accuracy(model, digits["image"], digits["y"]) for model in (FLOAT, INT8))
    print(f"\nRead correctly by LiteRT, of {len(digits['y'])} digits that neither model has seen:")
    for model, share in ((FLOAT, before), (INT8, after)):
        print(f"  {share:7.2%}  {(ROOT / model).stat().st_size:7,} bytes  {model}")
    return int(after < before - 0.02)


if __name__ == "__main__":
    sys.exit(main())
