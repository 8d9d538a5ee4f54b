"""Trains the float classifier that ships with intact: the digits of scikit-learn, a small network, NumPy alone.

`python examples/digits/train.py [FOLDER]` takes a few seconds and writes three files, beside this one where no folder
is named:

    digits_float.tflite   float32 classifier: `image` (1, 8, 8, 1) in [0, 1] to `probabilities` (1, 10)
    calibration.npz       image: float32 (200, 8, 8, 1), of the digits it was trained on
    held_back.npz         image: float32 (360, 8, 8, 1), y: uint8 (360,), of digits it has never seen

The same seed gives the same file on the same machine; another machine's matrix products may round differently.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from layers import BatchNorm, Conv, Dense, Depthwise, Flatten, MaxPool
from sklearn.datasets import load_digits

import intact
from intact.ir.graph import Graph, Value
from intact.ir.model import Model, SignatureDef
from intact.ir.types import DType, TensorType
from intact.ops.softmax import Softmax

EPOCHS = 40
BATCH = 64
RATE = 2e-3


def network(rng: np.random.Generator) -> list:
    """A network in the manner of MobileNet, 21,250 weights."""
    return [
        Conv("conv", rng, 1, 24, 3),
        BatchNorm("norm", 24),
        Depthwise("depthwise", rng, 24, 3, 2),
        Conv("pointwise", rng, 24, 48, 1),
        BatchNorm("pointwise_norm", 48),
        MaxPool("pool"),
        Flatten("flatten"),
        Dense("hidden", rng, 192, 96, relu=True),
        Dense("logits", rng, 96, 10),
    ]


def forward(layers: list, x: np.ndarray, training: bool = False) -> np.ndarray:
    """Returns the logits: float32 (N, 10)."""
    for layer in layers:
        x = layer.forward(x, training)
    return x


def train(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, epochs: int = EPOCHS) -> list:
    """Returns layers trained with Adam on the cross entropy; the rate falls to zero along a cosine."""
    layers = network(rng)
    moments = {(layer, key): [0.0, 0.0] for layer in layers for key in layer.weights}
    steps = epochs * (len(images) // BATCH)
    for step in range(steps):
        at = step % (len(images) // BATCH)
        if at == 0:
            order = rng.permutation(len(images))
        batch = order[at * BATCH : (at + 1) * BATCH]
        logits = forward(layers, images[batch], training=True)
        probabilities = np.exp(logits - logits.max(1, keepdims=True))
        probabilities /= probabilities.sum(1, keepdims=True)
        grad = (probabilities - np.eye(10, dtype=np.float32)[labels[batch]]) / BATCH
        for layer in reversed(layers):
            grad = layer.backward(grad)
        rate = RATE * (1 + np.cos(np.pi * step / steps)) / 2
        for (layer, key), moment in moments.items():
            slope = layer.gradients[key]
            moment[0] = 0.9 * moment[0] + 0.1 * slope
            moment[1] = 0.999 * moment[1] + 0.001 * slope**2
            mean = moment[0] / (1 - 0.9 ** (step + 1))
            square = moment[1] / (1 - 0.999 ** (step + 1))
            layer.weights[key] -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)
    return layers


def build(layers: list) -> Model:
    """Returns the layers as a TFLite model with one signature."""
    graph = Graph()
    image = graph.add_value(Value("image", TensorType(DType.FLOAT32, (1, 8, 8, 1))))
    graph.inputs = [image]
    value = image
    for layer in layers:
        value = layer.emit(graph, value)
    graph.outputs = list(graph.emit(Softmax(beta=1.0), [value], "probabilities"))
    signature = SignatureDef("serving_default", graph, {"image": image}, {"probabilities": graph.outputs[0]})
    return Model([graph], [signature], description="Handwritten digits, 8 by 8 pixels, ink 0 to 1.")


def main(folder: Path, epochs: int = EPOCHS) -> None:
    """Trains and writes the three files."""
    digits = load_digits()
    images = (digits.images[..., None] / 16).astype(np.float32)
    labels = digits.target.astype(np.uint8)
    rng = np.random.default_rng(7)
    order = rng.permutation(len(images))
    held_back, learned = order[:360], order[360:]
    layers = train(images[learned], labels[learned], rng, epochs)
    hits = forward(layers, images[held_back]).argmax(1) == labels[held_back]
    print(f"{hits.mean():.2%} of {len(hits)} held-back digits")
    folder.mkdir(parents=True, exist_ok=True)
    intact.save(build(layers), folder / "digits_float.tflite")
    np.savez_compressed(folder / "calibration.npz", image=images[learned[:200]])
    np.savez_compressed(folder / "held_back.npz", image=images[held_back], y=labels[held_back])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
