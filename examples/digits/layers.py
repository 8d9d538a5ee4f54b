"""The layers of the digits classifier: how each computes, how each learns, and the TFLite operators it becomes.

Images are float32 (N, H, W, C). Weights have the layouts of TFLite, so that nothing is transposed on the way out.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from intact.ir.graph import Graph, Value
from intact.ops.add import Add
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.conv_2d import Conv2D
from intact.ops.depthwise_conv_2d import DepthwiseConv2D
from intact.ops.fully_connected import FullyConnected
from intact.ops.mul import Mul
from intact.ops.pool_2d import MaxPool2D
from intact.ops.reshape import Reshape


class Layer:
    """Something with weights, in `weights`, whose `backward` leaves a gradient for each in `gradients`.

    `forward` keeps what `backward` needs.
    """

    def __init__(self, name: str, *, relu: bool = False) -> None:
        self.name = name
        self.relu = relu
        self.weights: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}

    @property
    def activation(self) -> FusedActivation:
        """The activation as an attribute of an operator."""
        return FusedActivation.RELU if self.relu else FusedActivation.NONE

    def constant(self, graph: Graph, key: str, array: np.ndarray) -> Value:
        """Adds a weight to a graph."""
        return graph.add_value(Value.constant(f"{self.name}/{key}", array.astype(np.float32)))

    def clamp(self, out: np.ndarray) -> np.ndarray:
        """Applies the activation."""
        self.active = out > 0
        return out * self.active if self.relu else out

    def unclamp(self, grad: np.ndarray) -> np.ndarray:
        """Takes a gradient back through the activation."""
        return grad * self.active if self.relu else grad


class Windows:
    """Square windows over images, SAME padding: the extra row and column go to the end, as in TFLite."""

    def __init__(self, size: int, stride: int) -> None:
        self.size, self.stride = size, stride

    def cut(self, x: np.ndarray) -> np.ndarray:
        """Returns the windows of x: (N, H', W', size * size, C)."""
        self.shape = x.shape
        self.count = -(-x.shape[1] // self.stride)
        total = (self.count - 1) * self.stride + self.size - x.shape[1]
        self.pad = (total // 2, total - total // 2)
        padded = np.pad(x, ((0, 0), self.pad, self.pad, (0, 0)))
        cut = sliding_window_view(padded, (self.size, self.size), axis=(1, 2))[:, :: self.stride, :: self.stride]
        return cut.transpose(0, 1, 2, 4, 5, 3).reshape(*cut.shape[:3], -1, x.shape[3])

    def paste(self, grad: np.ndarray) -> np.ndarray:
        """Adds gradients of the windows up to a gradient of the images."""
        n, height, width, channels = self.shape
        extent = height + sum(self.pad)
        padded = np.zeros((n, extent, extent, channels), grad.dtype)
        for i in range(self.size):
            for j in range(self.size):
                rows = slice(i, i + self.stride * self.count, self.stride)
                columns = slice(j, j + self.stride * self.count, self.stride)
                padded[:, rows, columns] += grad[:, :, :, i * self.size + j]
        return padded[:, self.pad[0] : self.pad[0] + height, self.pad[0] : self.pad[0] + width]


class Conv(Layer):
    """CONV_2D. Filter (out, size, size, in). Without a bias where a BatchNorm follows."""

    def __init__(self, name: str, rng: np.random.Generator, taken: int, made: int, size: int) -> None:
        super().__init__(name)
        self.windows = Windows(size, 1)
        deviation = np.sqrt(2 / (size * size * taken))
        self.weights["filter"] = rng.normal(0, deviation, (made, size, size, taken)).astype(np.float32)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        cut = self.windows.cut(x)
        self.cut = cut.reshape(-1, cut.shape[3] * cut.shape[4])
        matrix = self.weights["filter"].reshape(len(self.weights["filter"]), -1)
        return (self.cut @ matrix.T).reshape(*cut.shape[:3], -1)

    def backward(self, grad: np.ndarray) -> np.ndarray:
        kernel = self.weights["filter"]
        flat = grad.reshape(-1, len(kernel))
        self.gradients["filter"] = (flat.T @ self.cut).reshape(kernel.shape)
        cut = flat @ kernel.reshape(len(kernel), -1)
        return self.windows.paste(cut.reshape(*grad.shape[:3], -1, kernel.shape[3]))

    def emit(self, graph: Graph, x: Value) -> Value:
        kernel = self.weights["filter"]
        bias = self.constant(graph, "bias", np.zeros(len(kernel)))
        (y,) = graph.emit(Conv2D(padding=Padding.SAME), [x, self.constant(graph, "filter", kernel), bias], self.name)
        return y


class Depthwise(Layer):
    """DEPTHWISE_CONV_2D: a filter of its own for each channel. Filter (1, size, size, C)."""

    def __init__(self, name: str, rng: np.random.Generator, channels: int, size: int, stride: int) -> None:
        super().__init__(name, relu=True)
        self.windows = Windows(size, stride)
        self.weights["filter"] = rng.normal(0, np.sqrt(2) / size, (1, size, size, channels)).astype(np.float32)
        self.weights["bias"] = np.zeros(channels, np.float32)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        self.cut = self.windows.cut(x)
        kernel = self.weights["filter"].reshape(-1, x.shape[3])
        return self.clamp(np.einsum("nyxkc,kc->nyxc", self.cut, kernel) + self.weights["bias"])

    def backward(self, grad: np.ndarray) -> np.ndarray:
        grad = self.unclamp(grad)
        kernel = self.weights["filter"]
        self.gradients["bias"] = grad.sum((0, 1, 2))
        self.gradients["filter"] = np.einsum("nyxkc,nyxc->kc", self.cut, grad).reshape(kernel.shape)
        return self.windows.paste(grad[:, :, :, None] * kernel.reshape(-1, kernel.shape[3]))

    def emit(self, graph: Graph, x: Value) -> Value:
        weights = [self.constant(graph, key, array) for key, array in self.weights.items()]
        stride = self.windows.stride
        op = DepthwiseConv2D(
            padding=Padding.SAME,
            stride_w=stride,
            stride_h=stride,
            depth_multiplier=1,
            fused_activation_function=self.activation,
        )
        (y,) = graph.emit(op, [x, *weights], self.name)
        return y


class BatchNorm(Layer):
    """Brings every channel to mean 0 and deviation 1, then scales and shifts it.

    It is written as MUL and ADD, as some converters leave it; intact folds both into the convolution before them.
    """

    def __init__(self, name: str, channels: int) -> None:
        super().__init__(name, relu=True)
        self.weights["gamma"] = np.ones(channels, np.float32)
        self.weights["beta"] = np.zeros(channels, np.float32)
        self.mean = np.zeros(channels, np.float32)
        self.variance = np.ones(channels, np.float32)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * variance
        self.deviation = np.sqrt(variance + 1e-3)
        self.normal = (x - mean) / self.deviation
        return self.clamp(self.normal * self.weights["gamma"] + self.weights["beta"])

    def backward(self, grad: np.ndarray) -> np.ndarray:
        grad = self.unclamp(grad)
        self.gradients["gamma"] = (grad * self.normal).sum((0, 1, 2))
        self.gradients["beta"] = grad.sum((0, 1, 2))
        grad = grad * self.weights["gamma"]
        along = self.normal * (grad * self.normal).mean((0, 1, 2))
        return (grad - grad.mean((0, 1, 2)) - along) / self.deviation

    def emit(self, graph: Graph, x: Value) -> Value:
        factor = self.weights["gamma"] / np.sqrt(self.variance + 1e-3)
        term = self.weights["beta"] - self.mean * factor
        (scaled,) = graph.emit(Mul(), [x, self.constant(graph, "factor", factor)], f"{self.name}/mul")
        (y,) = graph.emit(
            Add(fused_activation_function=self.activation), [scaled, self.constant(graph, "term", term)], self.name
        )
        return y


class MaxPool(Layer):
    """MAX_POOL_2D, 2 by 2."""

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        n, height, width, channels = x.shape
        self.cells = x.reshape(n, height // 2, 2, width // 2, 2, channels)
        self.largest = self.cells.max((2, 4), keepdims=True)
        return self.largest[:, :, 0, :, 0]

    def backward(self, grad: np.ndarray) -> np.ndarray:
        n, height, _, width, _, channels = self.cells.shape
        spread = grad[:, :, None, :, None] * (self.cells == self.largest)
        return spread.reshape(n, 2 * height, 2 * width, channels)

    def emit(self, graph: Graph, x: Value) -> Value:
        op = MaxPool2D(padding=Padding.VALID, stride_w=2, stride_h=2, filter_width=2, filter_height=2)
        (y,) = graph.emit(op, [x], self.name)
        return y


class Flatten(Layer):
    """RESHAPE to one row an image."""

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad.reshape(self.shape)

    def emit(self, graph: Graph, x: Value) -> Value:
        shape = graph.add_value(Value.constant(f"{self.name}/shape", np.array([1, -1], np.int32)))
        (y,) = graph.emit(Reshape(new_shape=(1, -1)), [x, shape], self.name)
        return y


class Dense(Layer):
    """FULLY_CONNECTED. Weights (out, in)."""

    def __init__(self, name: str, rng: np.random.Generator, taken: int, made: int, *, relu: bool = False) -> None:
        super().__init__(name, relu=relu)
        self.weights["weights"] = rng.normal(0, np.sqrt(2 / taken), (made, taken)).astype(np.float32)
        self.weights["bias"] = np.zeros(made, np.float32)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        self.x = x
        return self.clamp(x @ self.weights["weights"].T + self.weights["bias"])

    def backward(self, grad: np.ndarray) -> np.ndarray:
        grad = self.unclamp(grad)
        self.gradients["weights"] = grad.T @ self.x
        self.gradients["bias"] = grad.sum(0)
        return grad @ self.weights["weights"]

    def emit(self, graph: Graph, x: Value) -> Value:
        weights = [self.constant(graph, key, array) for key, array in self.weights.items()]
        (y,) = graph.emit(FullyConnected(fused_activation_function=self.activation), [x, *weights], self.name)
        return y
