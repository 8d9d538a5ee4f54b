"""Small float networks that are as trained ones are: their layers answer about 1 to the data they were made for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

import intact.ops  # noqa: F401  (registers the operators that texts name)
from intact.engines.litert import Session
from intact.ir.graph import Buffer
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ops.attributes import FusedActivation

SIGNED = "signature serving_default of main({inputs}) -> ({outputs})"


def pictures(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    """Pictures of 0 to 1 with what photographs have: shapes, slow changes, warm colours, some noise of a sensor."""
    height, width, channels = shape
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    made = np.empty((count, *shape), np.float32)
    for index in range(count):
        one = made[index]
        colours = rng.uniform(0.1, 0.9, (4, channels)) * np.linspace(1.1, 0.8, channels)
        angle, bend = rng.uniform(0, 2 * np.pi, 2)
        along = np.cos(angle) * x + np.sin(angle) * y
        one[:] = colours[0] + (colours[1] - colours[0]) * along[..., np.newaxis]
        one += 0.08 * np.sin(6 * along + bend)[..., np.newaxis]
        for colour in colours[2:]:
            centre, radius = rng.uniform(0.2, 0.8, 2), rng.uniform(0.1, 0.35)
            one[(x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2] = colour
        one += rng.normal(0, 0.02, shape)
    return np.clip(made, 0, 1)


def as_bytes(unit: np.ndarray) -> np.ndarray:
    return np.round(unit * 255).astype(np.float32)


def signed(text: str, inputs: str = "x", outputs: str = "y") -> Model:
    """The model of a text whose values x, y and so on are named in a signature, which AI Edge Quantizer needs."""
    ports = [", ".join(f"{name}=%{name}" for name in names.split()) for names in (inputs, outputs)]
    return parse(text + "\n" + SIGNED.format(inputs=ports[0], outputs=ports[1]))


def normalized(model: Model, data: np.ndarray, seed: int = 5) -> Model:
    """Gives each convolution and dense layer the weights and bias that batch normalization over the data would."""
    rng = np.random.default_rng(seed)
    for node in model.main.nodes:
        if node.op.name not in ("CONV_2D", "FULLY_CONNECTED"):
            continue
        weights, bias, op = node.inputs[1], node.inputs[2], node.op
        node.op = replace(op, fused_activation_function=FusedActivation.NONE)
        session = Session(model, observe=[node.outputs[0]])
        answers = []
        for sample in data:
            session.run({session.inputs[0].name: sample[np.newaxis]})
            ((_, answer),) = session.observed() or [(None, None)]
            answers.append(answer.reshape(-1, answer.shape[-1]))
        node.op = op
        rows = np.concatenate(answers).astype(np.float64) - bias.array
        gain = rng.uniform(0.5, 1.5, rows.shape[1]) / rows.std(axis=0)
        shift = rng.normal(0.2, 0.5, rows.shape[1]) - gain * rows.mean(axis=0)
        scaled = weights.array * gain.reshape(-1, *[1] * (weights.array.ndim - 1))
        weights.buffer, bias.buffer = Buffer(scaled.astype(np.float32)), Buffer(shift.astype(np.float32))
    return model


def conv(size: int = 24, channels: int = 3, *, start: str = "", source: str = "x", activation: str = "RELU") -> str:
    """A small classifier; `start` computes %source of the input."""
    return f"""graph main(%x: float32[1,{size},{size},{channels}]) -> (%y) {{
  {start}
  %w = const float32[8,3,3,{channels}] random(0)
  %b = const float32[8] [0, 0, 0, 0, 0, 0, 0, 0]
  %c = CONV_2D(%{source}, %w, %b) {{stride_w=2, stride_h=2, fused_activation_function={activation}}}
  %v = const float32[8,3,3,8] random(1)
  %d = const float32[8] [0, 0, 0, 0, 0, 0, 0, 0]
  %e = CONV_2D(%c, %v, %d) {{stride_w=1, stride_h=1, fused_activation_function={activation}}}
  %axes = const int32[2] [1, 2]
  %m = MEAN(%e, %axes) {{keep_dims=false}}
  %u = const float32[5,8] random(2)
  %f = const float32[5] [0, 0, 0, 0, 0]
  %l = FULLY_CONNECTED(%m, %u, %f)
  %y = SOFTMAX(%l) {{beta=1.0}}
}}"""


@cache
def of_bytes() -> Model:
    return normalized(signed(conv()), as_bytes(pictures(16, 24, 24, 3, seed=9)))


@cache
def of_units() -> Model:
    return normalized(signed(conv()), pictures(16, 24, 24, 3, seed=9))


@cache
def of_signs() -> Model:
    """For -1 to 1, with activations that end at 6."""
    return normalized(signed(conv(activation="RELU6")), 2 * pictures(16, 24, 24, 3, seed=9) - 1)


@cache
def grey() -> Model:
    return normalized(signed(conv(28, 1)), pictures(16, 28, 28, 1, seed=9))


@cache
def rescaling() -> Model:
    """Divides by 127.5 itself, with random weights after that."""
    start = """%k = const float32[] [0.00784313725]
  %one = const float32[] [1.0]
  %p = MUL(%x, %k)
  %q = SUB(%p, %one)"""
    return signed(conv(start=start, source="q"))


@cache
def caffe() -> Model:
    """Takes the means of pixels away, with random weights after that."""
    start = """%k = const float32[3] [103.94, 116.78, 123.68]
  %q = SUB(%x, %k)"""
    return signed(conv(start=start, source="q"))


@cache
def centring() -> Model:
    """Takes 0 to 1 and normalizes as for ImageNet."""
    start = """%k = const float32[3] [0.485, 0.456, 0.406]
  %s = const float32[3] [4.367, 4.464, 4.444]
  %p = SUB(%x, %k)
  %q = MUL(%p, %s)"""
    return signed(conv(start=start, source="q"))


@cache
def first() -> Model:
    text = conv(start="%perm = const int32[4] [0, 2, 3, 1]\n  %q = TRANSPOSE(%x, %perm)", source="q")
    return signed(text.replace("%x: float32[1,24,24,3]", "%x: float32[1,3,24,24]"))


WARM = [[0.9, 0.5, 0.2], [0.7, 0.3, 0.3], [0.6, 0.6, 0.2], [0.5, 0.4, 0.1], [0.8, 0.7, 0.5], [0.4, 0.1, 0.1]]


def tinted(count: int, seed: int = 0) -> np.ndarray:
    """Pictures of 0 to 1 around one of six warm colours each."""
    plain = pictures(count, 24, 24, 3, seed=seed)
    plain -= plain.mean(axis=(1, 2), keepdims=True)
    which = np.random.default_rng(seed).integers(0, len(WARM), count)
    return np.clip(np.array(WARM, np.float32)[which][:, np.newaxis, np.newaxis] + 0.4 * plain, 0, 1)


@cache
def colours() -> Model:
    """Tells the six colours apart, and is unsure of what is near to none."""
    return signed(f"""graph main(%x: float32[1,24,24,3]) -> (%y) {{
  %axes = const int32[2] [1, 2]
  %m = MEAN(%x, %axes) {{keep_dims=false}}
  %p = const float32[6,3] {np.array(WARM).ravel().tolist()}
  %d = SUB(%m, %p)
  %q = MUL(%d, %d)
  %last = const int32[1] [1]
  %s = SUM(%q, %last) {{keep_dims=false}}
  %k = const float32[] [-40.0]
  %t = MUL(%s, %k)
  %e = EXP(%t)
  %g = const float32[] [8.0]
  %h = MUL(%e, %g)
  %row = const int32[2] [1, 6]
  %l = RESHAPE(%h, %row)
  %y = SOFTMAX(%l) {{beta=1.0}}
}}""")


@cache
def features() -> Model:
    """12 features, 3 classes."""
    return signed("""graph main(%x: float32[1,12]) -> (%y) {
  %w = const float32[16,12] random(0)
  %b = const float32[16] random(1)
  %h = FULLY_CONNECTED(%x, %w, %b) {fused_activation_function=RELU}
  %v = const float32[3,16] random(2)
  %d = const float32[3] random(3)
  %l = FULLY_CONNECTED(%h, %v, %d)
  %y = SOFTMAX(%l) {beta=1.0}
}""")


@cache
def square() -> Model:
    """10 numbers in, 10 classes out."""
    return signed("""graph main(%x: float32[1,10]) -> (%y) {
  %w = const float32[10,10] random(0)
  %b = const float32[10] random(1)
  %l = FULLY_CONNECTED(%x, %w, %b)
  %y = SOFTMAX(%l) {beta=1.0}
}""")


@cache
def tokens() -> Model:
    """16 tokens of a vocabulary of 50."""
    return signed("""graph main(%x: int32[1,16]) -> (%y) {
  %table = const float32[50,8] random(0)
  %e = GATHER(%table, %x) {axis=0, batch_dims=0}
  %axes = const int32[1] [1]
  %m = MEAN(%e, %axes) {keep_dims=false}
  %w = const float32[3,8] random(1)
  %b = const float32[3] random(2)
  %l = FULLY_CONNECTED(%m, %w, %b)
  %y = SOFTMAX(%l) {beta=1.0}
}""")


@cache
def one_hot_tokens() -> Model:
    return signed("""graph main(%x: float32[1,12,30]) -> (%y) {
  %axes = const int32[1] [1]
  %m = MEAN(%x, %axes) {keep_dims=false}
  %w = const float32[3,30] random(1)
  %b = const float32[3] random(2)
  %y = FULLY_CONNECTED(%m, %w, %b)
}""")


def _filters(seed: int) -> Model:
    return signed(f"""graph main(%x: float32[1,8000]) -> (%y) {{
  %shape = const int32[4] [1, 1, 8000, 1]
  %r = RESHAPE(%x, %shape)
  %w = const float32[8,1,40,1] random({seed})
  %b = const float32[8] [0, 0, 0, 0, 0, 0, 0, 0]
  %c = CONV_2D(%r, %w, %b) {{stride_w=20, stride_h=1, fused_activation_function=RELU}}
  %axes = const int32[2] [1, 2]
  %m = MEAN(%c, %axes) {{keep_dims=false}}
  %v = const float32[3,8] random(1)
  %d = const float32[3] [0, 0, 0]
  %y = FULLY_CONNECTED(%m, %v, %d)
}}""")


def _tones(count: int) -> np.ndarray:
    time = np.arange(8000) / 16000
    return np.array(
        [0.4 * np.sin(2 * np.pi * (60 + 30 * i) * time) + 0.2 * np.sin(99 * i * time) for i in range(count)], np.float32
    )


@cache
def of_sound() -> Model:
    """For recordings of -1 to 1."""
    return normalized(_filters(0), _tones(12))


@cache
def of_words() -> Model:
    """For recordings of 16 bits, -32768 to 32767."""
    return normalized(_filters(0), _tones(12) * np.float32(32767))


@cache
def plain() -> Model:
    """Made for 0 to 1 without normalization: weights as they are drawn, biases near zero."""
    return signed(conv().replace("[0, 0, 0, 0, 0, 0, 0, 0]", "[0.01, -0.02, 0, 0.03, 0.02, 0, -0.01, 0]"))


@cache
def dense() -> Model:
    """12 features, one layer without biases, no softmax."""
    return signed("""graph main(%x: float32[1,12]) -> (%y) {
  %w = const float32[16,12] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
}""")


@cache
def square_pictures() -> Model:
    """Averages a picture: no layer that expects anything."""
    return signed("""graph main(%x: float32[1,24,24,3]) -> (%y) {
  %axes = const int32[2] [1, 2]
  %y = MEAN(%x, %axes) {keep_dims=false}
}""")


@cache
def recording() -> Model:
    """8000 numbers of a recording."""
    return signed("""graph main(%x: float32[1,8000]) -> (%y) {
  %w = const float32[4,8000] random(0)
  %b = const float32[4] random(1)
  %l = FULLY_CONNECTED(%x, %w, %b)
  %y = SOFTMAX(%l) {beta=1.0}
}""")


def coefficients(count: int = 48, seed: int = 0) -> np.ndarray:
    """What MFCC look like: neighbouring frames alike, coefficients of different size and sign."""
    drawn = np.random.default_rng(seed).normal(0, 1, (count, 49, 10, 1)).astype(np.float32)
    for frame in range(1, 49):
        drawn[:, frame] = 0.8 * drawn[:, frame - 1] + 0.6 * drawn[:, frame]
    return drawn * np.array([40, 20, 15, 10, 8, 6, 5, 4, 3, 3], np.float32)[:, np.newaxis]


@cache
def spectrum() -> Model:
    """49 frames of 10 coefficients."""
    text = """graph main(%x: float32[1,49,10,1]) -> (%y) {
  %w = const float32[4,10,4,1] random(0)
  %b = const float32[4] random(1)
  %c = CONV_2D(%x, %w, %b) {stride_w=2, stride_h=2, fused_activation_function=RELU}
  %axes = const int32[2] [1, 2]
  %m = MEAN(%c, %axes) {keep_dims=false}
  %y = SOFTMAX(%m) {beta=1.0}
}"""
    return normalized(signed(text), coefficients(16, seed=9))


@cache
def streaming() -> Model:
    """A frame of 40 numbers and a state that begins at zero."""
    return signed(
        """graph main(%frame: float32[1,40], %state: float32[1,16]) -> (%y, %next) {
  %w = const float32[16,40] random(0)
  %b = const float32[16] random(1)
  %h = FULLY_CONNECTED(%frame, %w, %b)
  %s = ADD(%h, %state)
  %next = TANH(%s)
  %v = const float32[2,16] random(2)
  %d = const float32[2] random(3)
  %y = FULLY_CONNECTED(%next, %v, %d)
}""",
        "frame state",
        "y next",
    )


@cache
def masked() -> Model:
    """A picture and a mask of what to look at."""
    return signed(
        """graph main(%image: float32[1,16,16,1], %mask: float32[1,16,16,1]) -> (%y) {
  %p = MUL(%image, %mask)
  %w = const float32[4,3,3,1] random(0)
  %b = const float32[4] random(1)
  %y = CONV_2D(%p, %w, %b) {stride_w=1, stride_h=1}
}""",
        "image mask",
    )
