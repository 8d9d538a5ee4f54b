"""TFLite_Detection_PostProcess, a custom operator: of encoded boxes the best ones that do not overlap.

It computes in float, on real numbers that uint8 operands stand for, alike under all of LiteRT's kernel sets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.flexbuffer import numbers
from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Operand, UnknownOp
from intact.ir.site import KERNELS, Kernel, Site
from intact.ir.types import Array, DType
from intact.ops.dequantize import Dequantize, ToFloat
from intact.ops.quantized import scale, zero_point

Reals = NDArray[np.float32]


@dataclass(frozen=True)
class Detection:
    """What the operator is prepared to.

    Args:
        max_detections: boxes kept in all.
        max_classes_per_detection: classes told of each box, by the fast way.
        detections_per_class: boxes kept of each class, by the other way.
        regular: suppress within each class, not once for the best class of each box.
        score_threshold: float32, boxes that score less are dropped.
        iou_threshold: float32, boxes that overlap a better one by more are dropped.
        classes: how many, the background not among them.
        scales: float32, what encoded (y, x, h, w) are divided by.
        boxes, scores, anchors: (scale, zero point) of uint8 operands; None for float32.
    """

    max_detections: int
    max_classes_per_detection: int
    detections_per_class: int
    regular: bool
    score_threshold: np.float32
    iou_threshold: np.float32
    classes: int
    scales: tuple[np.float32, ...]
    boxes: tuple[np.float32, int] | None
    scores: tuple[np.float32, int] | None
    anchors: tuple[np.float32, int] | None


def _prepare(op: UnknownOp, _site: Site, boxes: Operand, scores: Operand, anchors: Operand) -> Detection:
    try:
        options = numbers(op.custom_options or b"")
        found = Detection(
            int(options["max_detections"]),
            int(options["max_classes_per_detection"]),
            int(options.get("detections_per_class", 100)),
            bool(options.get("use_regular_nms", False)),
            np.float32(options["nms_score_threshold"]),
            np.float32(options["nms_iou_threshold"]),
            int(options["num_classes"]),
            tuple(np.float32(options[f"{of}_scale"]) for of in "yxhw"),
            _coded("the boxes", boxes),
            _coded("the scores", scores),
            _coded("the anchors", anchors),
        )
    except (ValueError, KeyError) as fault:
        raise UncoveredError(f"its options cannot be read ({fault})") from fault
    if boxes.dtype != anchors.dtype:
        raise UncoveredError(f"boxes are {boxes.dtype.value}, anchors {anchors.dtype.value}")
    if found.max_classes_per_detection < 1 or not 0 < found.iou_threshold <= 1:
        raise UncoveredError(f"no kernel takes {options}")
    return found


def _coded(name: str, operand: Operand) -> tuple[np.float32, int] | None:
    if operand.dtype not in {DType.FLOAT32, DType.UINT8}:
        raise UncoveredError(f"{name} are {operand.dtype.value}; the kernel takes float32 and uint8")
    return None if operand.dtype == DType.FLOAT32 else (scale(name, operand), zero_point(operand))


def _compute(
    _op: UnknownOp, record: Detection, _see: See | None, boxes: Array, scores: Array, anchors: Array
) -> tuple[Array, ...]:
    """Corners (1, n, 4), classes (1, n), scores (1, n) and number (1,) of what is detected, all float32.

    The kernel leaves what is beyond the number as it was in memory; here it is 0.

    Sources:
        tflite/kernels/detection_postprocess.cc.
    """
    corners = decode(record, boxes[0], anchors)
    real = scores[0] if record.scores is None else _dequantized(scores[0], *record.scores)
    real = real[:, real.shape[1] - record.classes :]
    if not (corners[:, :2] <= corners[:, 2:]).all():
        raise ValueError("a box ends before it begins")
    found = _regular(record, corners, real) if record.regular else _fast(record, corners, real)
    count = record.max_detections * record.max_classes_per_detection
    results = np.zeros((1, count, 4), np.float32), np.zeros((1, count), np.float32), np.zeros((1, count), np.float32)
    picked, classes = np.array(found, np.int64).reshape(-1, 2).T
    results[0][0, : len(found)] = corners[picked]
    results[1][0, : len(found)] = classes
    results[2][0, : len(found)] = real[picked, classes]
    each = 1 if record.regular else min(record.max_classes_per_detection, record.classes)
    return (*results, np.array([len(found) // each], np.float32))


def _dequantized(codes: Array, step: np.float32, zero: int) -> Array:
    """The kernel calls the optimized DEQUANTIZE whatever the resolver."""
    record = ToFloat("float32-offset-8", np.array([step], np.float32), np.array([zero]), None)
    return Dequantize().compute(record, None, codes)[0]


def decode(record: Detection, boxes: Array, anchors: Array) -> Reals:
    """Returns corners (ymin, xmin, ymax, xmax) of boxes, float32.

    The centre is encoded / scale * anchor size + anchor centre, half the size 0.5 * exp(encoded / scale) * anchor size,
    both in float64 and rounded once; corners are their difference and sum in float32.

    Args:
        boxes: (n, 4 or more), encoded y, x, h, w, and more that is not looked at.
        anchors: (n, 4), y, x, h, w.
    """
    encoded = _reals(boxes[:, :4], record.boxes).astype(np.float64) / np.array(record.scales, np.float64)
    anchor = _reals(anchors, record.anchors).astype(np.float64)
    centre = (encoded[:, :2] * anchor[:, 2:] + anchor[:, :2]).astype(np.float32)
    half = (0.5 * libm("exp", encoded[:, 2:]) * anchor[:, 2:]).astype(np.float32)
    return np.concatenate([centre - half, centre + half], axis=1)


def _reals(array: Array, coded: tuple[np.float32, int] | None) -> Array:
    if coded is None:
        return array
    step, zero = coded
    result: Array = (array.astype(np.float32) - np.float32(zero)) * step
    return result


def _fast(record: Detection, corners: Reals, scores: Reals) -> list[tuple[int, int]]:
    """(box, class) of the boxes that are left once for their best class, with as many classes of each as are wanted."""
    count = min(record.max_classes_per_detection, record.classes)
    kept = suppress(record, corners, scores.max(axis=1), record.max_detections)
    return [(box, chosen) for box in kept for chosen in best_first(scores[box], count)]


def _regular(record: Detection, corners: Reals, scores: Reals) -> list[tuple[int, int]]:
    """(box, class) of the boxes that are left in each class, best first; of equals the lower class first."""
    limit = min(record.detections_per_class, record.max_detections)
    found: list[tuple[int, int]] = []
    for chosen in range(record.classes):
        found += [(box, chosen) for box in suppress(record, corners, scores[:, chosen], limit)]
        found = sorted(found, key=lambda pair: -scores[pair])[: record.max_detections]
    return found


def suppress(record: Detection, corners: Reals, scores: Reals, limit: int) -> list[int]:
    """Returns at most `limit` boxes, best first, none of which overlaps a better one too much.

    Of boxes with one score the first comes first. The overlap is the area shared over the area covered, float32; a box
    without an area overlaps none.
    """
    (candidates,) = np.nonzero(scores >= record.score_threshold)
    waiting = candidates[np.argsort(-scores[candidates], kind="stable")]
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    zero = np.float32(0)
    kept: list[int] = []
    while waiting.size and len(kept) < limit:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        first, others = corners[best], corners[waiting]
        high = np.minimum(first[2:], others[:, 2:])
        low = np.maximum(first[:2], others[:, :2])
        sides = np.maximum(high - low, zero)
        shared = sides[:, 0] * sides[:, 1]
        solid = (areas[best] > 0) & (areas[waiting] > 0)
        covered = np.where(solid, areas[best] + areas[waiting] - shared, 1)
        waiting = waiting[~(solid & (shared / covered > record.iou_threshold))]
    return kept


def best_first(scores: Reals, count: int) -> list[int]:
    """Returns the classes with the `count` largest scores of one box, largest first.

    Of equal ones the first is found where one is wanted. Where more are, the order of equal ones is that of GNU's
    std::partial_sort: a heap of the first `count`, through which the others are passed.

    Sources:
        libstdc++ bits/stl_algo.h, __heap_select; bits/stl_heap.h, __adjust_heap.
    """
    if count == 1:
        return [int(np.argmax(scores))]
    order = list(range(scores.size))
    heap = order[:count]

    def before(i: int, j: int) -> bool:
        return bool(scores[i] > scores[j])

    for top in range((count - 2) // 2, -1, -1):
        _sift(heap, top, count, heap[top], before)
    for other in order[count:]:
        if before(other, heap[0]):
            _sift(heap, 0, count, other, before)
    for end in range(count - 1, 0, -1):
        value, heap[end] = heap[end], heap[0]
        _sift(heap, 0, end, value, before)
    return heap


def _sift(heap: list[int], hole: int, size: int, value: int, before: Callable[[int, int], bool]) -> None:
    """Puts a value into a heap's hole: the larger child moves up, on to a leaf, then the value up from there."""
    top, child = hole, hole
    while child < (size - 1) // 2:
        child = 2 * (child + 1)
        if before(heap[child], heap[child - 1]):
            child -= 1
        heap[hole] = heap[child]
        hole = child
    if size % 2 == 0 and child == (size - 2) // 2:
        child = 2 * (child + 1)
        heap[hole] = heap[child - 1]
        hole = child - 1
    parent = (hole - 1) // 2
    while hole > top and before(heap[parent], value):
        heap[hole] = heap[parent]
        hole, parent = parent, (parent - 1) // 2
    heap[hole] = value


KERNELS["CUSTOM:TFLite_Detection_PostProcess"] = Kernel(_prepare, _compute)
