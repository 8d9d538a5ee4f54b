from dataclasses import replace

import numpy as np
import pytest

import intact
from blockwise import Blocks
from digits import int8
from intact.arith.profile import NAMES
from intact.ir.text import parse
from intact.ir.types import QuantParams
from intact.ops.attributes import FusedActivation
from intact.ops.batch_matmul import BatchMatMul
from intact.ops.comparisons import Equal, Less
from intact.ops.conv_2d import Conv2D
from intact.ops.dequantize import Dequantize
from intact.ops.div import Div
from intact.ops.exp import Exp
from intact.ops.fully_connected import FullyConnected
from intact.ops.hard_swish import HardSwish
from intact.ops.leaky_relu import LeakyRelu
from intact.ops.mul import Mul
from intact.ops.prelu import PRelu
from intact.ops.quantize import Quantize
from intact.ops.reduce_prod import ReduceProd
from intact.ops.resize import ResizeBilinear
from intact.ops.softmax import Softmax
from intact.ops.sum import Sum
from intact.ops.svdf import Svdf
from integer import Codes, Constant, Integer, weights8
from recurrent import Recurrent, State

LITERT = ("litert-reference", "litert-optimized", "litert-xnnpack")
KERNELS = (*LITERT[:2], "gemmlowp")
MICRO = ("tflm-reference", "cmsis-nn")
FLOATS = Codes((), "float32", None)
ROW = Constant(np.array([1], np.int32))
LONG = Codes((2, 3000), "float32", None)
WRAPS = "the kernel sums weights in 16 bits, which wrap: zero points count with wrong sums"
LOWEST = "the kernel multiplies weights of -128 by negative codes with the wrong sign"
FAR = "the result's scale is so small that the kernel shifts left by {} bits, and 32 are all it has"
STRAYS = "with several batch dimensions the kernel takes scales and zero points of other rows"


@pytest.mark.parametrize(("inputs", "outputs"), [("int8", "int8"), ("float32", "float32"), ("uint8", "uint8")])
def test_a_sound_model(inputs: str, outputs: str) -> None:
    assert [f for f in intact.check(int8(inputs, outputs), NAMES) if f.kind != "not covered"] == []
    assert intact.check(int8(inputs, outputs), LITERT) == []


def full(*shape: int, of: int, dtype: str | None = None, scale: float = 0.1) -> Constant:
    return Constant(np.full(shape, of, np.int8), scale, dtype=dtype)


def x(*shape: int, dtype: str = "float32", scale: float | None = None, zero_point: int = 0) -> Codes:
    return Codes(shape, dtype, scale, zero_point)


def y(dtype: str = "int8", scale: float | None = 0.1, zero_point: int = 0) -> Codes:
    return Codes((), dtype, scale, zero_point)


SEVERAL = weights8(5, 4, axis=1)
INT4 = full(4, 32, of=-8, dtype="int4")
BLOCKS = full(4, 64, of=3, dtype="int4")
CHANNELS = Constant(np.full((5, 10, 10, 30), 127, np.int8), np.arange(1, 6) / 9)
HUGE = x(9, dtype="int8", scale=1e3)
BIAS = Constant(np.zeros(5, np.float32))
MEMORY = [full(2, 32, of=-128), full(2, 2, of=3), None, State((2, 4), "float32", None)]
DEFECTS = [
    ("sum", Sum(), [x(3, 4, dtype="int8", scale=0.1), ROW], y(), ("litert-reference",),
     "the kernel takes the bytes of int8 for uint8"),
    ("matmul-no-scale", BatchMatMul(), [x(2, 5, dtype="int8", scale=0.1), SEVERAL], y(), (*LITERT, "gemmlowp"),
     "the kernel reads 0 for the scale of a factor that has several: every result is the zero point"),
    ("matmul-first", BatchMatMul(), [x(2, 5, dtype="int8", scale=0.1), SEVERAL], y(), MICRO,
     "the kernel reads the first of a factor's several scales for all"),
    ("hard-swish", HardSwish(), [x(9, dtype="int8", scale=1e-4)], y(), NAMES,
     "the kernel shifts right by 16 bits in 16, which gives 1 or -1 where 0 would be right"),
    ("dense-lowest", FullyConnected(), [x(2, 32), full(5, 32, of=-128)], FLOATS, KERNELS, LOWEST),
    ("dense-sums", FullyConnected(asymmetric_quantize_inputs=True), [LONG, full(5, 3000, of=127)], FLOATS, KERNELS,
     WRAPS),
    ("dense-int4", FullyConnected(), [x(2, 32), INT4], FLOATS, ("litert-optimized",),
     "the kernel reads weights of -8 as 8, and spoils those packed beside them"),
    ("conv-lowest", Conv2D(), [x(1, 4, 4, 16), full(5, 1, 1, 16, of=-128), BIAS], FLOATS, KERNELS, LOWEST),
    ("conv-sums", Conv2D(), [x(1, 10, 10, 30), CHANNELS, BIAS], FLOATS, ("litert-optimized",), WRAPS),
    ("matmul-sums", BatchMatMul(asymmetric_quantize_inputs=True), [LONG, full(3000, 5, of=127)], FLOATS, KERNELS,
     WRAPS),
    ("matmul-batches", BatchMatMul(), [x(2, 3, 4, 5), full(5, 4, of=3)], FLOATS, KERNELS, STRAYS),
    ("mul", Mul(), [HUGE, HUGE], y(scale=1e-5), NAMES, FAR.format(37)),
    ("dense", FullyConnected(), [x(1, 4, dtype="int8", scale=1e3), full(2, 4, of=1, scale=1e3)], y(scale=1e-5),
     ("cmsis-nn", "gemmlowp", "litert-optimized", "tflm-reference"), FAR.format(37)),
    ("quantize", Quantize(), [HUGE], y(scale=1e-9), NAMES, FAR.format(40)),
    ("leaky-relu", LeakyRelu(alpha=0.5), [HUGE], y(scale=1e-9), NAMES, FAR.format(40)),
    ("equal", Equal(), [x(9, dtype="int8", scale=0.001), x(9, dtype="int8", scale=0.001)], y("bool", None), NAMES,
     "the kernel compares multiples of 1/256, which gets 1.13% of all pairs of codes wrong"),
    ("less-int16", Less(), [x(9, dtype="int16", scale=0.1), x(9, dtype="int16", scale=0.2)], y("bool", None),
     (*LITERT, "gemmlowp"), "the kernel compares stored integers, though their scales or zero points differ"),
    ("equal-int16", Equal(), [x(9, dtype="int16", scale=1e-4), x(9, dtype="int16", scale=1e-4)], y("bool", None),
     (*LITERT, "gemmlowp"), "the kernel compares multiples of 1/256, which gets some pairs of codes wrong"),
    ("div", Div(), [x(9, dtype="int8", scale=7 / 255, zero_point=-19), x(9, dtype="int8", scale=0.02, zero_point=-128)],
     y(scale=0.05), NAMES,
     "the kernel shifts by more than 31 bits, which gets 0.69% of all pairs of codes wrong: quotients near 0"),
    ("prelu", PRelu(), [x(9, dtype="int16", scale=0.1), Constant(np.ones(9, np.int16), 0.1)], y("int16"),
     (*LITERT, "gemmlowp"), "the kernel reads an alpha of int16 as int8, the first half of its bytes"),
    ("reduce-prod", ReduceProd(), [x(3, 1, dtype="int8", scale=0.1), ROW], y(scale=0.2), LITERT[1:],
     "the kernel copies the codes of products of one factor, though the scales differ"),
    ("softmax", Softmax(beta=1.0), [x(1, 600, dtype="int8", scale=0.1)], y(scale=1 / 256, zero_point=-128),
     ("cmsis-nn", "gemmlowp", "litert-reference", "tflm-reference"),
     "the process ends at a row whose exponentials sum to 512 or more, as 600 equal ones do"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "operands", "result", "profiles", "text"), [pytest.param(*row, id=name) for name, *row in DEFECTS]
)
def test_defects(op, operands, result, profiles, text) -> None:
    found = intact.check(Integer(op, operands, result, version=9).model(), NAMES)
    kind = "warning" if text.startswith("the process ends") else "defect"
    defects = [f for f in found if f.kind == kind and f.text == text]
    assert [(f.where, sorted(f.profiles)) for f in defects] == [(f"node 0 {op.name} 'y0'", sorted(profiles))], found


def test_defects_of_weights_in_blocks() -> None:
    op = FullyConnected(fused_activation_function=FusedActivation.RELU)
    first, second = intact.check(Blocks(op, [x(2, 64), BLOCKS], FLOATS, version=12).model(), LITERT)
    assert first.text == "the kernel reads no scale for weights in blocks: the result is the bias"
    assert first.profiles == ("litert-reference",)
    assert second.text == "the kernel does not apply the fused RELU"
    assert second.profiles == ("litert-optimized",)


def test_defects_of_a_memory() -> None:
    op = Svdf(fused_activation_function=FusedActivation.RELU)
    found = intact.check(Recurrent(op, [x(2, 32), *MEMORY], FLOATS, version=4, runs=1).model(), LITERT)
    assert [(f.kind, f.text, f.profiles) for f in found] == [("defect", LOWEST, LITERT)]


def test_defects_of_several_scales() -> None:
    constant = Constant(np.ones((2, 3), np.int8), [0.1, 0.2, 0.3], axis=1)
    found = intact.check(Integer(Dequantize(), [constant], FLOATS, version=2).model(), NAMES)
    text = "the kernel reads the first of the input's several scales and zero points for all"
    assert [(f.kind, f.text, f.profiles) for f in found] == [("defect", text, ("cmsis-nn", "tflm-reference"))]


SOUND = [
    (Sum(), [x(3, 4, dtype="uint8", scale=0.1), ROW], y("uint8")),
    (BatchMatMul(), [x(2, 5, dtype="int8", scale=0.1), weights8(5, 4, per_channel=False)], y()),
    (BatchMatMul(), [x(2, 4, 5), full(2, 5, 4, of=3)], FLOATS),
    (HardSwish(), [x(9, dtype="int8", scale=0.1)], y()),
    (FullyConnected(), [x(2, 32), full(5, 32, of=-127)], FLOATS),
    (FullyConnected(), [x(2, 15), full(5, 15, of=-128)], FLOATS),
    (FullyConnected(), [LONG, full(5, 3000, of=127)], FLOATS),
    (FullyConnected(), [x(2, 32), full(4, 32, of=-7, dtype="int4")], FLOATS),
    (Conv2D(), [x(1, 4, 4, 16), full(4, 1, 1, 16, of=-128), Constant(np.zeros(4, np.float32))], FLOATS),
    (Equal(), [x(9, dtype="int8", scale=0.1), x(9, dtype="int8", scale=0.1)], y("bool", None)),
    (Less(), [x(9, dtype="int16", scale=0.1), x(9, dtype="int16", scale=0.1)], y("bool", None)),
    (Softmax(beta=1.0), [x(1, 100, dtype="int8", scale=0.1)], y(scale=1 / 256, zero_point=-128)),
]


@pytest.mark.parametrize(("op", "operands", "result"), SOUND)
def test_no_defects(op, operands, result) -> None:
    found = intact.check(Integer(op, operands, result, version=9).model(), NAMES)
    assert [f for f in found if f.kind == "defect"] == []


def test_defects_that_are_refused() -> None:
    size = Constant(np.array([88, 1], np.int32))
    case = Integer(ResizeBilinear(), [x(2, 1, 1, 1, dtype="int8", scale=0.1), size], y(), version=4)
    (found,) = intact.check(case.model(), ["litert-reference"])
    assert found.kind == "not covered"
    assert found.text == "RESIZE_BILINEAR from 1 to 88, where the kernel reads behind the input"
    case = Integer(Sum(), [x(3, 4, dtype="int16", scale=0.1), ROW], y("int16"), version=2)
    (found,) = intact.check(case.model(), ["litert-reference"])
    assert found.text == "SUM of int16, taken for uint8: the kernel leaves half of the result unwritten"


def test_types_that_a_runtime_has_no_kernel_for() -> None:
    found = intact.check(Integer(Exp(), [x(9, dtype="int8", scale=0.1)], y(), version=2).model(), NAMES)
    assert [(f.kind, f.text, f.profiles) for f in found] == [
        ("not covered", f"{name} has no kernel for EXP of int8", (name,)) for name in ("cmsis-nn", "tflm-reference")
    ]


def test_sums_that_overflow_are_found() -> None:
    weights = Constant(np.full((2, 70_000), 127, np.int8), 0.01)
    x = Codes((1, 70_000), "int8", 0.02, -128)
    model = Integer(FullyConnected(), [x, weights], Codes((), "int8", 100.0), version=4).model()
    (found,) = intact.check(model, ["tflm-reference"])
    assert (found.kind, found.where) == ("overflow", "node 0 FULLY_CONNECTED 'y0'")
    assert found.text == "the accumulator of channel 0 of 'filter' can reach [0, 2266950000], 33 bits; kernels have 32"
    assert found.profiles == ("tflm-reference",)


def test_what_is_not_covered_is_listed() -> None:
    model = parse(
        """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
          %y: int8[1,4] <scale=0.1, zero_point=0> = UNKNOWN(%x) {code="CUSTOM", custom_code="Mine"}
        }"""
    )
    (found,) = intact.check(model)
    assert (found.kind, found.where) == ("not covered", "node 0 CUSTOM:Mine 'y'")
    assert len(found.profiles) == 6


def test_a_broken_model_is_not_looked_at_further() -> None:
    model = int8().clone()
    value = model.main.nodes[0].outputs[0]
    value.type = replace(value.type, quant=QuantParams.per_tensor(float("nan"), 0))
    found = intact.check(model)
    assert {f.kind for f in found} == {"rule"}
    assert any("[E206]" in f.text for f in found)


def test_a_stale_shape_is_a_warning() -> None:
    model = int8().clone()
    model.main.nodes[0].outputs[0].type = model.main.inputs[0].type
    found = intact.check(model)
    assert ("warning", "node 0 CONV_2D 'norm'") in {(f.kind, f.where) for f in found}


def test_operators_without_operands_or_records() -> None:
    variable = """graph main(%x: float32[2]) -> (%y) {
      %h: resource[] = VAR_HANDLE() {container="", shared_name="v"}
      %y: int8[2] = CAST(%x) {in_data_type=float32, out_data_type=int8}
    }"""
    assert intact.check(parse(variable), ["litert-reference"]) == []
