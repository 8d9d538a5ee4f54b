"""Our int8 models beside the official ones and AI Edge Quantizer's, on the pairs of ../shared/models/PAIRS.md.

    python benchmarks/pairs.py [--aeq-python PYTHON] [--resolver default] [PAIR ...]

PYTHON is an interpreter with ai-edge-quantizer. All tools calibrate on the same samples and are compared with the float
model on others. SQNR is of the output, or of what its last SOFTMAX is given.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

import intact
from intact.diagnose.compare import Comparison
from intact.engines.litert import Session
from intact.ir.model import Model, SignatureDef
from intact.ir.stored import stored

SHARED = pathlib.Path(__file__).parents[2] / "shared"
MODELS = SHARED / "models"
TINY = MODELS / "mlcommons+tiny/benchmark/training"
TOYCAR = TINY / "anomaly_detection/trained_models/ToyCar/baseline_tf23/model"
AEQ = MODELS / "google-ai-edge+ai-edge-quantizer/ai_edge_quantizer/tests/models"
DERIVED = MODELS / "derived"


@dataclass(frozen=True)
class Pair:
    """A float model, official integer twins, and samples as (calibration, evaluation, labels of the latter)."""

    float_model: pathlib.Path
    twins: tuple[pathlib.Path, ...]
    samples: Callable[[Model], tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]]


def cifar(model: Model) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]:
    """Calibrates on the 47 images without labels, evaluates on the 202 labelled ones."""
    with np.load(SHARED / "data/cifar10_ic01.npz") as data:
        x, y = data["x"].astype(np.float32)[:, None], data["y"]
    return {"x": x[y < 0]}, {"x": x[y >= 0]}, y[y >= 0]


def toycar(model: Model) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]:
    """Windows of five frames; calibrates on six recordings, evaluates on the other six."""
    with np.load(SHARED / "data/toycar_logmel_ad01.npz") as data:
        x = data["x"].astype(np.float32)
    windows = np.stack([x[:, i : i + 196].reshape(12 * 196, 128) for i in range(5)], axis=1).reshape(12, 196, 1, 640)
    return {"x": windows[::2, ::4].reshape(-1, 1, 640)}, {"x": windows[1::2, ::4].reshape(-1, 1, 640)}, None


def photographs(model: Model) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]:
    """The photographs whole and in nine crops, as (pixel - 128) / 128."""
    crops = []
    for path in sorted((SHARED / "data/images").iterdir()):
        image = Image.open(path).convert("RGB")
        w, h = image.size
        corners = [(x, y) for x in (0, w // 4, w // 2) for y in (0, h // 4, h // 2)]
        boxes = [(0, 0, w, h)] + [(x, y, x + w // 2, y + h // 2) for x, y in corners]
        crops += [np.asarray(image.crop(b).resize((128, 128)), np.float32) for b in boxes]
    x = (np.stack(crops)[:, None] - 128) / 128
    return {"x": x[::2]}, {"x": x[1::2]}, None


def digits(model: Model) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]:
    """scikit-learn's digits at 28 x 28, 0..1."""
    from sklearn.datasets import load_digits

    images = [np.asarray(Image.fromarray((i * 15.9).astype(np.uint8)).resize((28, 28))) for i in load_digits().images]
    x = (np.stack(images).astype(np.float32) / 255)[:, None, :, :, None]
    return {"x": x[:200]}, {"x": x[200:600]}, None


def noise(model: Model) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray | None]:
    """Random numbers in [-1, 1), small integers for integer inputs."""
    rng = np.random.default_rng(0)
    stacks = {}
    for port in Session(model).inputs:
        shape = (24, *(port.type.shape or ()))
        floats = port.type.dtype.is_float
        stacks[port.name] = (
            rng.uniform(-1, 1, shape).astype(np.float32)
            if floats
            else rng.integers(0, 4, shape).astype(port.type.dtype.numpy)
        )
    return {n: s[:16] for n, s in stacks.items()}, {n: s[16:] for n, s in stacks.items()}, None


PAIRS = {
    "resnet8": Pair(
        TINY / "image_classification/trained_models/pretrainedResnet.tflite",
        (
            TINY / "image_classification/trained_models/pretrainedResnet_quant.tflite",
            DERIVED / "resnet8__static_a8w8.tflite",
        ),
        cifar,
    ),
    "toycar": Pair(
        TOYCAR / "model_ToyCar.tflite",
        (TOYCAR / "model_ToyCar_quant_fullint.tflite", TOYCAR / "model_ToyCar_quant_fullint_micro_intio.tflite"),
        toycar,
    ),
    "mobilenet": Pair(
        MODELS / "zhenhuaw-me+tflite2onnx/assets/tests/mobilenet_v1_0.25_128.tflite",
        (
            MODELS / "zhenhuaw-me+tflite2onnx/assets/tests/mobilenet_v1_0.25_128_quant.tflite",
            MODELS / "google-coral+test_data/mobilenet_v1_0.25_128_quant.tflite",
        ),
        photographs,
    ),
    "mnist": Pair(
        AEQ / "conv_fc_mnist.tflite",
        (AEQ / "conv_fc_mnist_srq_a8w8.tflite", DERIVED / "convfc_mnist__static_a8w8.tflite"),
        digits,
    ),
    "basic_pitch": Pair(
        MODELS / "spotify+basic-pitch/basic_pitch/saved_models/icassp_2022/nmp.tflite",
        (DERIVED / "basic_pitch__static_a8w8.tflite",),
        noise,
    ),
    "toykv": Pair(
        AEQ / "toy_model_with_kv_cache_multi_signature.tflite", (DERIVED / "toykv__static_a8w8.tflite",), noise
    ),
}


def measure(
    reference: Model, candidate: Model, data: dict[str, np.ndarray], labels: np.ndarray | None, resolver: str
) -> tuple[Comparison, float | None]:
    """Returns the comparison and, with labels, the candidate's accuracy."""
    names = [p.name for p in Session(reference).inputs]
    samples = [dict(zip(names, arrays, strict=True)) for arrays in zip(*(data[n] for n in data), strict=True)]
    compared = intact.compare(reference, candidate, samples, resolver=resolver)
    if labels is None:
        return compared, None
    session = Session(candidate, resolver=resolver)
    right = 0
    for sample, label in zip(samples, labels, strict=True):
        feeds = {
            p.name: stored(a, v.type)
            for p, a, v in zip(session.inputs, sample.values(), candidate.main.inputs, strict=True)
        }
        (output, *_) = session.run(feeds).values()
        right += int(output.reshape(-1).argmax() == label)
    return compared, right / len(labels)


def aeq_model(python: str, model: Model, data: dict[str, np.ndarray], folder: pathlib.Path) -> tuple[Model, dict]:
    """Has AI Edge Quantizer quantize the model; it needs a signature, which old files do not have."""
    signed = model.clone()
    names = [p.name for p in Session(model).inputs]
    if not signed.signatures:
        graph = signed.main
        ports = {f"x{i}": v for i, v in enumerate(graph.inputs)}
        signed.signatures = [SignatureDef("main", graph, ports, {f"y{i}": v for i, v in enumerate(graph.outputs)})]
        names = list(ports)
    intact.save(signed, folder / "signed.tflite")
    np.savez(folder / "samples.npz", **dict(zip(names, data.values(), strict=True)))
    script = pathlib.Path(__file__).with_name("aeq_quantize.py")
    out = folder / "aeq.tflite"
    run = subprocess.run(
        [python, str(script), str(folder / "signed.tflite"), str(folder / "samples.npz"), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr.strip().splitlines()[-1])
    return intact.load(out), json.loads(run.stdout.splitlines()[-1])


def row(pair: str, tool: str, compared: Comparison, accuracy: float | None) -> None:
    """Prints a line a measured output."""
    squashed = {o.name.split(" before ")[0] for o in compared.outputs if " before " in o.name}
    for output in compared.outputs:
        if output.name in squashed:
            continue
        m = output.measures
        top = "-" if m.agreement is None else f"{m.agreement:.2%}"
        right = "" if accuracy is None else f", labels {accuracy:.2%}"
        print(f"{pair:12} {tool:34} {output.name[:40]:40} {m.sqnr:8.2f} dB  top-1 {top}{right}", flush=True)


def main() -> None:
    """Measures the pairs asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="*", default=list(PAIRS))
    parser.add_argument("--aeq-python")
    parser.add_argument("--resolver", default="default")
    args = parser.parse_args()
    for name in args.pairs:
        pair = PAIRS[name]
        model = intact.load(pair.float_model)
        calibration, evaluation, labels = pair.samples(model)
        names = [p.name for p in Session(model).inputs]
        samples = [dict(zip(names, a, strict=True)) for a in zip(*calibration.values(), strict=True)]
        ours = intact.quantize(model, intact.calibrate(model, samples)).model
        candidates: list[tuple[str, Model]] = [("float", model), ("intact", ours)]
        candidates += [(p.name, intact.load(p)) for p in pair.twins]
        with tempfile.TemporaryDirectory() as folder:
            if args.aeq_python:
                try:
                    candidates.append(("aeq", aeq_model(args.aeq_python, model, calibration, pathlib.Path(folder))[0]))
                except RuntimeError as fault:
                    print(f"{name:12} aeq failed: {fault}")
            for tool, candidate in candidates:
                try:
                    row(name, tool, *measure(model, candidate, evaluation, labels, args.resolver))
                except intact.IntactError as fault:
                    print(f"{name:12} {tool}: {fault}")


if __name__ == "__main__":
    main()
