"""What every operator obeys, over the CASES of its own test file."""

from dataclasses import replace

import numpy as np
import pytest

import intact
from case import Case
from collect import listed
from intact.diagnose.compare import compare
from intact.engines.litert import Session
from intact.formats.tflite import to_bytes
from intact.ir.op import registry, signature
from intact.ir.quant_rule import Bias, Ignored, Tied
from intact.ir.types import DType
from intact.quantizer.recipe import RECIPES, Recipe

CASES = [pytest.param(c, id=f"{c.op.name}-{i}") for i, c in enumerate(listed("ops", "CASES"))]


def _becomes_integer(case: Case, dtype: DType = DType.INT8) -> bool:
    rule = case.op.quant
    if rule is None or dtype not in rule.dtypes or any(isinstance(c, Ignored) for c in rule.inputs.values()):
        return False
    model = case.model()
    floats = [v for v in (*model.main.inputs, *model.main.outputs) if v.dtype.is_float and v.type.size > 0]
    return bool(floats and model.main.inputs) and case.unfit() is None


QUANTIZABLE = [c for c in CASES if _becomes_integer(c.values[0])]
INTEGER = {"int8-per-tensor": DType.INT8, "uint8": DType.UINT8, "int16x8": DType.INT16}
BY_RECIPE = [
    pytest.param(name, c.values[0], id=f"{name}-{c.id}")
    for name, dtype in INTEGER.items()
    for c in CASES
    if _becomes_integer(c.values[0], dtype) and not (name == "uint8" and c.values[0].op.versions.get(dtype, 1) > 1)
]


def _has_weights(case: Case) -> bool:
    nodes = case.model().main.nodes
    read = [v for i, v in enumerate(nodes[0].inputs) if i in case.op.weights and v is not None]
    return any(v.is_constant and v.dtype == DType.FLOAT32 for v in read) and bool(case.model().main.inputs)


def _is_hybrid(case: Case) -> bool:
    node = case.model().main.nodes[0]
    return case.op.hybrid is not None and node.op.unfit_hybrid(*node.inputs) is None


STORED = [
    pytest.param(name, c.values[0], id=f"{name}-{c.id}")
    for name in ("dynamic-range", "weight-only", "weight-only-int4", "weight-only-int4-block32", "float16")
    for c in CASES
    if _has_weights(c.values[0]) and (name != "dynamic-range" or _is_hybrid(c.values[0]))
]


@pytest.mark.parametrize("op", registry().values(), ids=lambda op: op.opcode)
def test_rules_name_operands_that_exist(op: type) -> None:
    if op.quant is None:
        return
    names = signature(op).names
    assert set(op.quant.inputs) <= set(names)
    for constraint in (*op.quant.inputs.values(), *op.quant.outputs):
        if isinstance(constraint, Tied):
            assert constraint.to == "output" or constraint.to in names
        if isinstance(constraint, Bias):
            assert set(constraint.of) <= set(names)


@pytest.mark.parametrize("case", CASES)
def test_shapes_and_types_are_those_litert_allocates(case: Case) -> None:
    model = case.model()
    declared = model.main.outputs
    if any(v.dtype.numpy is None for v in declared) or case.op.name == "VAR_HANDLE":
        pytest.skip("LiteRT hands out no contents of this type")
    session = Session(model, resolver=case.resolvers[0])
    for sample in case.samples(1):
        found = session.run(sample)
        for value, array in zip(declared, found.values(), strict=True):
            assert array.dtype == value.dtype.numpy
            from intact.ir.op import infer

            types = case.results or infer(case.op, case.model().main.nodes[0].inputs)
            inferred = types[declared.index(value)].shape
            if inferred is not None:
                assert array.shape == inferred


@pytest.mark.parametrize("case", QUANTIZABLE)
def test_int8_models_load_and_are_close_under_every_resolver(case: Case) -> None:
    model = case.model()
    samples = case.samples()
    result = intact.quantize(model, intact.calibrate(model, samples, isolate=False))
    assert not result.report.left
    for resolver in case.resolvers:
        for output in compare(model, result.model, samples, resolver=resolver).outputs:
            assert not output.measures.is_below(case.min_sqnr), f"{resolver}: {output.name} {output.measures}"


@pytest.mark.parametrize(("recipe", "case"), BY_RECIPE)
def test_every_integer_recipe_computes_in_its_type_and_is_close(recipe: str, case: Case) -> None:
    model = case.model()
    samples = case.samples(4)
    result = intact.quantize(model, intact.calibrate(model, samples, isolate=False), recipe=recipe)
    assert not result.report.left
    dtype = INTEGER[recipe]
    for _, _, node in result.model.nodes():
        if node.op.name in ("QUANTIZE", "DEQUANTIZE"):
            continue
        stored = {v.dtype for v in node.data if v.quant is not None and not v.is_constant}
        assert stored <= {dtype, DType.INT8 if dtype == DType.INT16 else dtype}
        for value in node.inputs:
            if value is not None and value.is_constant and value.quant is not None:
                assert value.quant.scale.size == 1 or recipe == "int16x8"
                assert dtype != DType.INT16 or value.dtype != DType.INT32, "int16 accumulates in int64"
    lowest = min(case.min_sqnr, 25.0) if dtype != DType.INT16 else min(case.min_sqnr + 15, 45.0)
    for resolver in case.resolvers:
        for output in compare(model, result.model, samples, resolver=resolver).outputs:
            assert not output.measures.is_below(lowest), f"{resolver}: {output.name} {output.measures}"


@pytest.mark.parametrize(("name", "case"), STORED)
def test_every_recipe_of_floats_changes_how_constants_are_stored_and_nothing_else(name: str, case: Case) -> None:
    model = case.model()
    wanted = Recipe(name, replace(RECIPES[name].base, min_elements=1))
    result = intact.quantize(model, recipe=wanted)
    assert [n.became != "float" for n in result.report.operators] == [True]
    node = result.model.main.nodes[-1]
    read = [v for i, v in enumerate(node.inputs) if i in case.op.weights and v is not None]
    if name == "dynamic-range":
        assert {v.dtype for v in read if v.is_constant or case.op.hybrid.whole} == {DType.INT8}
        assert len(result.model.main.nodes) == 1
        assert getattr(node.op, "asymmetric_quantize_inputs", True)
    else:
        stored = DType.FLOAT16 if name == "float16" else DType.INT8 if name == "weight-only" else DType.INT4
        before = [n for n in result.model.main.nodes if n.op.name == "DEQUANTIZE"]
        assert {n.inputs[0].dtype for n in before if n.inputs[0] is not None} == {stored}
        assert all(v.quant is None for v in node.data)
    samples = case.samples(4)
    lowest = 10.0 if "int4" in name else 50.0 if name == "float16" else 28.0
    for resolver in case.resolvers:
        for output in compare(model, result.model, samples, resolver=resolver).outputs:
            assert not output.measures.is_below(lowest), f"{resolver}: {output.name} {output.measures}"


@pytest.mark.parametrize("case", QUANTIZABLE)
def test_quantizing_twice_gives_the_same_bytes(case: Case) -> None:
    model = case.model()
    samples = case.samples(2)
    made = [to_bytes(intact.quantize(model, intact.calibrate(model, samples, isolate=False)).model) for _ in range(2)]
    assert made[0] == made[1]


def test_samples_of_cases_are_finite() -> None:
    for param in CASES:
        for sample in param.values[0].samples(1):
            assert all(np.isfinite(a).all() for a in sample.values() if a.dtype.kind == "f")
