"""Quantizes a model with AI Edge Quantizer: python aeq_quantize.py MODEL SAMPLES.npz OUT (needs ai-edge-quantizer).

SAMPLES.npz holds an array (n, *input shape) for each input of the model's only signature. Prints one JSON line: seconds
for calibration and for the quantize step alone.
"""

import json
import pathlib
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe


def main(model: str, samples: str, out: str) -> None:
    """Calibrates on every sample and quantizes three times; the median counts."""
    key = next(iter(Interpreter(model).get_signature_list()))
    with np.load(samples) as stacks:
        arrays = dict(stacks)
    count = len(next(iter(arrays.values())))
    data = {key: [{name: stack[i] for name, stack in arrays.items()} for i in range(count)]}
    tool = quantizer.Quantizer(model)
    tool.load_quantization_recipe(recipe.static_wi8_ai8())
    start = time.perf_counter()
    ranges = tool.calibrate(data)
    calibrate_s = time.perf_counter() - start
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        result = tool.quantize(ranges)
        seconds.append(time.perf_counter() - start)
    pathlib.Path(out).write_bytes(result.quantized_model)
    print(json.dumps({"calibrate_s": calibrate_s, "quantize_s": sorted(seconds)[1]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
