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
    from intact.diagnose.compare import Comparison, compare
    from intact.diagnose.inspect import inspect
    from intact.errors import (
        DataError,
        EngineError,
        FormatError,
        IntactError,
        ModelError,
        QuantError,
        UsageError,
    )
    from intact.formats.format import load, save
    from intact.ir.model import Model
    from intact.observe.ranges import Ranges
    from intact.quantizer.calibrate import calibrate
    from intact.quantizer.quantize import quantize
    from intact.quantizer.report import Quantized, Report

_HOMES = {
    "Comparison": "intact.diagnose.compare",
    "compare": "intact.diagnose.compare",
    "inspect": "intact.diagnose.inspect",
    "DataError": "intact.errors",
    "EngineError": "intact.errors",
    "FormatError": "intact.errors",
    "IntactError": "intact.errors",
    "ModelError": "intact.errors",
    "QuantError": "intact.errors",
    "UsageError": "intact.errors",
    "load": "intact.formats.format",
    "save": "intact.formats.format",
    "Model": "intact.ir.model",
    "Ranges": "intact.observe.ranges",
    "calibrate": "intact.quantizer.calibrate",
    "quantize": "intact.quantizer.quantize",
    "Quantized": "intact.quantizer.report",
    "Report": "intact.quantizer.report",
}

__all__ = [
    "Comparison",
    "DataError",
    "EngineError",
    "FormatError",
    "IntactError",
    "Model",
    "ModelError",
    "QuantError",
    "Quantized",
    "Ranges",
    "Report",
    "UsageError",
    "calibrate",
    "compare",
    "inspect",
    "load",
    "quantize",
    "save",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'intact' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
