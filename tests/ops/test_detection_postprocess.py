from __future__ import annotations

import numpy as np
import pytest
from flatbuffers import flexbuffers
from hypothesis import strategies as st

from drawn import SEEDS, scales
from intact.engines.exact import Exact
from intact.engines.litert import RESOLVERS, Session
from intact.errors import EngineError, UncoveredError
from intact.ir.op import UnknownOp
from intact.ops.detection_postprocess import best_first
from integer import Codes, Constant, Integer


def detection(**options: float) -> UnknownOp:
    given = {
        "max_detections": 10,
        "max_classes_per_detection": 1,
        "detections_per_class": 5,
        "use_regular_nms": False,
        "nms_score_threshold": 1e-8,
        "nms_iou_threshold": 0.6,
        "num_classes": 4,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    return UnknownOp("CUSTOM", "TFLite_Detection_PostProcess", custom_options=bytes(flexbuffers.Dumps(given | options)))


def anchors(count: int, seed: int, coded: float | None) -> Constant:
    rng = np.random.default_rng(seed)
    if coded is not None:
        return Constant(rng.integers(1, 256, (count, 4)).astype(np.uint8), coded, 0)
    return Constant(rng.uniform(0.05, 1, (count, 4)).astype(np.float32))


RESULTS = [Codes((), "float32", None)] * 4


@st.composite
def full(draw: st.DrawFn, dtype: str, regular: bool) -> Integer:
    """Cases in which as many boxes are found as there is room for: what is beyond them is left as it was in memory."""
    count, classes = draw(st.integers(8, 60)), draw(st.integers(1, 12))
    told = 1 if regular else draw(st.integers(1, classes))
    op = detection(
        max_detections=draw(st.integers(1, 8)),
        max_classes_per_detection=told,
        detections_per_class=8,
        use_regular_nms=regular,
        nms_iou_threshold=1.0,  # no box is dropped
        num_classes=classes,
        h_scale=draw(st.sampled_from([5.0, 3.3])),
    )
    coded = dtype == "uint8"
    boxes = Codes((1, count, 4 + draw(st.sampled_from([0, 2]))), dtype, draw(scales()) if coded else None)
    background = draw(st.integers(0, 1))
    shape = (1, count, classes + background)
    scores = Codes(shape, dtype, 1 / 256, low=1) if coded else Codes(shape, dtype, None, low=0.01, high=1)
    return Integer(op, [boxes, scores, anchors(count, draw(SEEDS), draw(scales()) if coded else None)], RESULTS)


INTEGERS = [
    ("DETECTION_POSTPROCESS-uint8-fast", full("uint8", False)),
    ("DETECTION_POSTPROCESS-uint8-regular", full("uint8", True)),
    ("DETECTION_POSTPROCESS-float32-fast", full("float32", False)),
    ("DETECTION_POSTPROCESS-float32-regular", full("float32", True)),
]


@pytest.mark.parametrize("resolver", RESOLVERS)
@pytest.mark.parametrize("regular", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_what_overlaps_is_dropped(dtype: str, regular: bool, resolver: str) -> None:
    profile = {"default": "litert-xnnpack"}.get(resolver, f"litert-{resolver}")
    for seed, overlap in enumerate([0.1, 0.3, 0.5, 0.7]):
        op = detection(use_regular_nms=regular, nms_iou_threshold=overlap, nms_score_threshold=0.4)
        boxes = Codes((1, 40, 4), dtype, 0.02 if dtype == "uint8" else None, 128 if dtype == "uint8" else 0)
        scores = (
            Codes((1, 40, 5), dtype, 1 / 256) if dtype == "uint8" else Codes((1, 40, 5), dtype, None, low=0, high=1)
        )
        case = Integer(op, [boxes, scores, anchors(40, seed, 1 / 256 if dtype == "uint8" else None)], RESULTS)
        exact, litert = Exact(case.model(), profile), Session(case.model(), resolver=resolver)
        for sample in case.samples(5, seed):
            ours, theirs = exact.run(sample), litert.run(sample)
            count = int(theirs["y3"][0])
            assert ours["y3"] == count
            for name in ("y0", "y1", "y2"):
                assert ours[name].shape == theirs[name].shape
                np.testing.assert_array_equal(ours[name][:, :count], theirs[name][:, :count])


def test_nothing_detected() -> None:
    op = detection(nms_score_threshold=2.0)
    case = Integer(
        op, [Codes((1, 9, 4), "float32", None), Codes((1, 9, 5), "float32", None), anchors(9, 0, None)], RESULTS
    )
    (sample,) = case.samples(1)
    found = Exact(case.model()).run(sample)
    assert found["y3"] == 0
    assert not found["y0"].any()


def test_a_box_that_ends_before_it_begins() -> None:
    negative = Constant(np.full((9, 4), -0.5, np.float32))
    case = Integer(
        detection(), [Codes((1, 9, 4), "float32", None), Codes((1, 9, 5), "float32", None), negative], RESULTS
    )
    (sample,) = case.samples(1)
    with pytest.raises(EngineError, match="a box ends before it begins"):
        Exact(case.model()).run(sample)


@pytest.mark.parametrize(
    ("op", "dtype", "said"),
    [
        (detection(), "int8", "the boxes are int8; the kernel takes float32 and uint8"),
        (detection(nms_iou_threshold=0.0), "uint8", "no kernel takes"),
        (UnknownOp("CUSTOM", "TFLite_Detection_PostProcess"), "uint8", "its options cannot be read"),
    ],
)
def test_refuses(op: UnknownOp, dtype: str, said: str) -> None:
    operands = [Codes((1, 9, 4), dtype, 0.1), Codes((1, 9, 5), dtype, 0.1), anchors(9, 0, 0.1)]
    with pytest.raises(UncoveredError, match=said):
        Exact(Integer(op, operands, RESULTS).model())


def test_order_of_equals() -> None:
    assert best_first(np.array([1, 1, 1], np.float32), 1) == [0]
    scores = np.random.default_rng(0).integers(0, 4, 50).astype(np.float32)
    for count in range(1, 51):
        found = best_first(scores, count)
        assert len(set(found)) == count
        assert list(scores[found]) == sorted(scores, reverse=True)[:count]
