"""intact: float neural networks into integer networks you can trust.

    import intact

    model = intact.load("model.tflite")
    ranges = intact.calibrate(model, "samples/")
    result = intact.quantize(model, ranges)
    print(intact.compare(model, result.model, "held_back/"))
    intact.save(result.model, "model_int8.tflite")

Names load what they need when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intact.data.described import AudioInput, ImageInput
    from intact.data.doctor.examine import Diagnosis
    from intact.data.for_model import describe_inputs, samples
    from intact.data.samples import Samples
    from intact.diagnose.bench import bench
    from intact.diagnose.benchmark import Benchmark
    from intact.diagnose.certificate import Certificate
    from intact.diagnose.certify import certify
    from intact.diagnose.check import Finding, check
    from intact.diagnose.check_data import check_data
    from intact.diagnose.check_kernel import Verdict, check_kernel
    from intact.diagnose.compare import Comparison, compare
    from intact.diagnose.contract import contract
    from intact.diagnose.diff_runtimes import Differences, diff_runtimes
    from intact.diagnose.doctor import Health, doctor
    from intact.diagnose.explain import explain
    from intact.diagnose.explanation import Explanation
    from intact.diagnose.input_contract import InputContract
    from intact.diagnose.inspect import inspect
    from intact.diagnose.run import Run, run
    from intact.diagnose.run_batch import run_batch
    from intact.errors import (
        DataError,
        EngineError,
        FormatError,
        IntactError,
        ModelError,
        QuantError,
        UncoveredError,
        UsageError,
    )
    from intact.formats.format import load, save
    from intact.ir.model import Model
    from intact.observe.embed import embed
    from intact.observe.ranges import Ranges
    from intact.quantizer.calibrate import calibrate
    from intact.quantizer.quantize import quantize
    from intact.quantizer.recipe import Recipe
    from intact.quantizer.report import Quantized, Report
    from intact.quantizer.scope import Scope
    from intact.quantizer.treatment import Treatment

_HOMES = {
    "AudioInput": "intact.data.described",
    "ImageInput": "intact.data.described",
    "embed": "intact.observe.embed",
    "describe_inputs": "intact.data.for_model",
    "samples": "intact.data.for_model",
    "Samples": "intact.data.samples",
    "bench": "intact.diagnose.bench",
    "Benchmark": "intact.diagnose.benchmark",
    "Certificate": "intact.diagnose.certificate",
    "certify": "intact.diagnose.certify",
    "Finding": "intact.diagnose.check",
    "check": "intact.diagnose.check",
    "Diagnosis": "intact.data.doctor.examine",
    "check_data": "intact.diagnose.check_data",
    "Verdict": "intact.diagnose.check_kernel",
    "check_kernel": "intact.diagnose.check_kernel",
    "Differences": "intact.diagnose.diff_runtimes",
    "diff_runtimes": "intact.diagnose.diff_runtimes",
    "Health": "intact.diagnose.doctor",
    "doctor": "intact.diagnose.doctor",
    "Explanation": "intact.diagnose.explanation",
    "explain": "intact.diagnose.explain",
    "Run": "intact.diagnose.run",
    "run": "intact.diagnose.run",
    "run_batch": "intact.diagnose.run_batch",
    "Comparison": "intact.diagnose.compare",
    "compare": "intact.diagnose.compare",
    "InputContract": "intact.diagnose.input_contract",
    "contract": "intact.diagnose.contract",
    "inspect": "intact.diagnose.inspect",
    "DataError": "intact.errors",
    "EngineError": "intact.errors",
    "FormatError": "intact.errors",
    "IntactError": "intact.errors",
    "ModelError": "intact.errors",
    "QuantError": "intact.errors",
    "UncoveredError": "intact.errors",
    "UsageError": "intact.errors",
    "load": "intact.formats.format",
    "save": "intact.formats.format",
    "Model": "intact.ir.model",
    "Ranges": "intact.observe.ranges",
    "calibrate": "intact.quantizer.calibrate",
    "quantize": "intact.quantizer.quantize",
    "Recipe": "intact.quantizer.recipe",
    "Scope": "intact.quantizer.scope",
    "Treatment": "intact.quantizer.treatment",
    "Quantized": "intact.quantizer.report",
    "Report": "intact.quantizer.report",
}

__all__ = [
    "AudioInput",
    "Benchmark",
    "Certificate",
    "Comparison",
    "DataError",
    "Diagnosis",
    "Differences",
    "EngineError",
    "Explanation",
    "Finding",
    "FormatError",
    "Health",
    "ImageInput",
    "InputContract",
    "IntactError",
    "Model",
    "ModelError",
    "QuantError",
    "Quantized",
    "Ranges",
    "Recipe",
    "Report",
    "Run",
    "Samples",
    "Scope",
    "Treatment",
    "UncoveredError",
    "UsageError",
    "Verdict",
    "bench",
    "calibrate",
    "certify",
    "check",
    "check_data",
    "check_kernel",
    "compare",
    "contract",
    "describe_inputs",
    "diff_runtimes",
    "doctor",
    "embed",
    "explain",
    "inspect",
    "load",
    "quantize",
    "run",
    "run_batch",
    "samples",
    "save",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'intact' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
