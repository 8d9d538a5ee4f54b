"""Gives sets of samples to AI Edge Quantizer: python aeq_hostile.py FOLDER (needs ai-edge-quantizer).

FOLDER holds NAME.tflite and NAME.pickle, the samples as a user would hold them: an array, a dict of arrays, or a list.
Each is calibrated and quantized in a process of its own, and the result loaded and run once. Prints one JSON line for
each set: name, outcome ("raised", "died", "silent", "broken file"), and what was said.
"""

import json
import os
import pathlib
import pickle
import sys
import warnings

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe


def feeds(given, names):
    """Returns what calibrate takes: a dict by input name for each sample."""
    if isinstance(given, dict):
        return [dict(zip(given, row, strict=False)) for row in zip(*given.values(), strict=False)]
    found = []
    for one in given:
        values = list(one) if isinstance(one, list | tuple) and len(one) != len(np.atleast_1d(one[0])) else [one]
        found.append(one if isinstance(one, dict) else dict(zip(names, values, strict=False)))
    return found


def batched(sample, details):
    """Returns a sample with the batch dimension of 1 that the model has, as every user must add it."""
    made = {}
    for name, value in sample.items():
        array = np.asarray(value)
        rank = len(details[name]["shape"]) if name in details else array.ndim + 1
        made[name] = array[np.newaxis] if array.ndim == rank - 1 else array
    return made


def attempt(model, given):
    """Calibrates and quantizes; returns outcome and words."""
    interpreter = Interpreter(str(model))
    key = next(iter(interpreter.get_signature_list()))
    details = interpreter.get_signature_runner(key).get_input_details()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            data = {key: [batched(sample, details) for sample in feeds(given, list(details))]}
            tool = quantizer.Quantizer(str(model))
            tool.load_quantization_recipe(recipe.static_wi8_ai8())
            content = bytes(tool.quantize(tool.calibrate(data)).quantized_model)
        except Exception as fault:  # noqa: BLE001 - whatever it raises is its answer
            return "raised", f"{type(fault).__name__}: {fault}"
    words = "; ".join(text for w in said if "experimental_preserve_all_tensors" not in (text := str(w.message)))
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            runner = Interpreter(model_content=content)
            runner.allocate_tensors()
            runner.invoke()
        except Exception:  # noqa: BLE001 - whatever the runtime raises, the file is broken
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ("silent" if status == 0 else "broken file"), words


def main(folder):
    """Runs every set in a child process."""
    for model in sorted(pathlib.Path(folder).glob("*.tflite")):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            given = pickle.loads(model.with_suffix(".pickle").read_bytes())  # noqa: S301 - written by data_doctor.py
            outcome, words = attempt(model, given)
            os.write(write, json.dumps([outcome, words[:2000]]).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as stream:
            text = stream.read()
        os.waitpid(child, 0)
        outcome, words = json.loads(text) if text else ("died", "")
        print(json.dumps({"name": model.stem, "outcome": outcome, "words": words}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
