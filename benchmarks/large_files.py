"""How long opening and rewriting a large .tflite file takes, and how much memory; and whether 2 GB is a limit.

    python benchmarks/large_files.py FILE        a file of yours
    python benchmarks/large_files.py --made GB   a made file: a table of that size and a GATHER from it, run by LiteRT

The made file is written to the folder for temporary files and removed.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import statistics
import tempfile
import time
from collections.abc import Callable

import numpy as np

from intact.formats.format import formats, load, save
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.types import DType, TensorType
from intact.ops.gather import Gather

COLUMNS = 1024
REPEATS = 5


def memory() -> str:
    """The process' memory: what it holds itself, and the pages of mapped files that it has looked at."""
    status = pathlib.Path("/proc/self/status").read_text()
    own, mapped = (int(re.search(rf"{key}:\s+(\d+)", status)[1]) / 1024 for key in ("RssAnon", "RssFile"))
    return f"own memory {own:6.1f} MB, mapped {mapped:6.1f} MB"


def timed(what: str, call: Callable[[], object], repeats: int = REPEATS) -> object:
    """Prints the median time of a call and the memory after it; returns its last result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        times.append(1000 * (time.perf_counter() - start))
    print(f"{what:10} median {statistics.median(times):8.1f} ms, slowest {max(times):8.1f} ms, {memory()}")
    return result


def measure(path: pathlib.Path, repeats: int = REPEATS) -> Model:
    """Opens and rewrites a file."""
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    formats()
    print(f"{'before':10} {memory()}")
    model = timed("open", lambda: load(path), repeats)
    assert isinstance(model, Model)
    with tempfile.TemporaryDirectory() as folder:
        timed("rewrite", lambda: save(model, pathlib.Path(folder, "rewritten.tflite")), repeats)
    return model


def made(gigabytes: float) -> None:
    """Writes, reads, rewrites and runs a file of a size."""
    from ai_edge_litert.interpreter import Interpreter

    rows = int(gigabytes * 1e9) // COLUMNS
    table = np.zeros((rows, COLUMNS), np.int8)
    table[rows - 1], table[5] = np.arange(COLUMNS) % 100, 7
    graph = Graph()
    indices = graph.add_value(Value("indices", TensorType(DType.INT32, (2,))))
    graph.inputs = [indices]
    graph.outputs = list(graph.emit(Gather(), [graph.add_value(Value.constant("table", table)), indices], "rows"))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "made.tflite")
        save(Model([graph]), path)
        del table, graph
        model = measure(path, repeats=1)
        print("constants are", "behind" if model.meta.get("buffers_outside") else "in", "the flatbuffer")
        interpreter = Interpreter(str(path))
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.array([rows - 1, 5], np.int32))
        interpreter.invoke()
        found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        assert found.tolist() == [[i % 100 for i in range(COLUMNS)], [7] * COLUMNS]
        print("LiteRT reads the right rows")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=pathlib.Path)
    parser.add_argument("--made", type=float, metavar="GB")
    arguments = parser.parse_args()
    if arguments.made:
        made(arguments.made)
    elif arguments.file:
        measure(arguments.file)
    else:
        parser.error("name a file, or give --made GB")


if __name__ == "__main__":
    main()
