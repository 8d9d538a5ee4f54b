"""Shapes that operators work out are constants to those that read them, for each shape of the inputs anew."""

from __future__ import annotations

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.ir.graph import Node
from intact.ir.text import parse
from intact.native.library import Absence, load
from kernels import difference, stages

UPSAMPLING = """graph main(%x: int8[1?,4,4,2] <scale=0.1, zero_point=0>) -> (%y, %z) {
  %s: int32[4] = SHAPE(%x) {out_type=int32}
  %0 = const int32[1] [0]
  %1 = const int32[1] [1]
  %2 = const int32[1] [2]
  %n: int32[] = STRIDED_SLICE(%s, %0, %1, %1) {shrink_axis_mask=1}
  %h: int32[] = STRIDED_SLICE(%s, %1, %2, %1) {shrink_axis_mask=1}
  %two = const int32[] [2]
  %hh: int32[] = MUL(%h, %two)
  %three = const int32[] [3]
  %o: int32[4] = PACK(%n, %hh, %hh, %three) {values_count=4}
  %w = const int8[3,2,2,2] <scale=0.1, zero_point=0> random(1)
  %y: int8[1,8,8,3] <scale=0.1, zero_point=0> = TRANSPOSE_CONV(%o, %w, %x) {padding=SAME, stride_h=2, stride_w=2}
  %t: int32[1] = STRIDED_SLICE(%s, %0, %1, %1)
  %q = const int8[] <scale=0.1, zero_point=0> [5]
  %z: int8[1] <scale=0.1, zero_point=0> = FILL(%t, %q)
}"""

needs_kernels = pytest.mark.skipif(isinstance(load(), Absence), reason="there are no kernels")


def samples() -> list[dict[str, np.ndarray]]:
    draw = np.random.default_rng(0)
    return [{"x": draw.integers(-128, 128, (batch, 4, 4, 2)).astype(np.int8)} for batch in (1, 3, 3, 2, 1)]


@needs_kernels
def test_one_program_does_it_all() -> None:
    engine = Exact(parse(UPSAMPLING), strict=False)
    assert (
        difference(stages(Exact(engine.model, strict=False, native=False), samples()), stages(engine, samples()))
        is None
    )
    made = engine.compiled()
    assert [len(c.nodes) for c in made] == [8, 8, 8], "a program for each batch"
    assert {c.end for c in made} == {len(engine.steps[engine.graph])}
    assert [s.work.op.name for s in made[0].program.steps if isinstance(s.work, Node)] == ["TRANSPOSE_CONV"]
    timed: list[str] = []
    engine.timed(samples()[0], lambda nodes, where, _: timed.extend(f"{n.op.name} {where}" for n in nodes))
    assert sorted(timed) == sorted(f"{n.op.name} kernels" for n in engine.graph.nodes)


def test_who_looks_on_sees_them() -> None:
    engine = Exact(parse(UPSAMPLING), strict=False)
    seen: dict[str, list[int]] = {}
    for sample in samples()[:2]:
        engine.run(sample, visit=lambda node, _, made: seen.update({node.outputs[0].name: np.ravel(made[0]).tolist()}))
        batch = len(sample["x"])
        assert seen["s"] == [batch, 4, 4, 2]
        assert (seen["n"], seen["h"], seen["hh"]) == ([batch], [4], [8])
        assert seen["o"] == [batch, 8, 8, 3]
        assert seen["z"] == [5] * batch
    wanted = stages(Exact(engine.model, strict=False, native=False), samples(), watched=True)
    assert difference(wanted, stages(Exact(engine.model, strict=False), samples(), watched=True)) is None


def test_what_one_caller_does_with_a_result_no_other_sees() -> None:
    engine = Exact(parse(UPSAMPLING), strict=False)
    for sample in (samples()[0],) * 2:
        found = engine.run(sample)["z"]
        assert found.tolist() == [5]
        found[...] = 0


@needs_kernels
def test_operands_of_one_application_may_be_others() -> None:
    engine = Exact(parse(UPSAMPLING), strict=False)
    sample = samples()[0]
    fill = engine.graph.nodes[-1]
    engine.run(sample)
    for size in (1, 4, 2, 4):
        (found,) = engine.apply(fill, [np.array([size], np.int32), np.array(7, np.int8)])
        assert found.tolist() == [7] * size


def test_large_results_are_made_in_every_run() -> None:
    text = """graph main(%x: int8[1?] <scale=0.1, zero_point=0>) -> (%z) {
      %s: int32[1] = SHAPE(%x) {out_type=int32}
      %q = const int8[] <scale=0.1, zero_point=0> [5]
      %z: int8[1] <scale=0.1, zero_point=0> = FILL(%s, %q)
    }"""
    engine = Exact(parse(text))
    for size in (0, 3, 1 << 20):
        assert engine.run({"x": np.zeros(size, np.int8)})["z"].tolist() == [5] * size
    assert all(sum(s.node.op.name == "FILL" for s in c.idle) <= 1 for c in engine.compiled())
    assert sum(c.program.arena for c in engine.compiled()) < 1 << 20
