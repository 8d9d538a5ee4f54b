"""intact quantize: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intact.cli.described import described_options, descriptions, keep, open_all, used
from intact.cli.options import (
    by_signature,
    emit,
    json_option,
    note,
    note_kernels,
    require_other,
    require_writable,
    resolver_option,
)
from intact.cli.several import CommandWithSeveral, Several

if TYPE_CHECKING:
    from intact.data.samples import Samples
    from intact.diagnose.compare import Comparison
    from intact.ir.model import Model
    from intact.observe.ranges import Ranges
    from intact.quantizer.recipe import Recipe

PORTS = click.Choice(["float32", "int8", "uint8", "int16"])


@click.command(
    "quantize",
    cls=CommandWithSeveral,
    short_help="Make a float model an integer one, and verify it.",
    epilog="Example: intact quantize model.tflite --data samples/ -o model_int8.tflite",
)
@click.argument("model")
@click.option("--data", multiple=True, metavar="[SIGNATURE=]PATH", help="Samples: a folder or a file.")
@click.option(
    "--ranges",
    cls=Several,
    multiple=True,
    metavar="RANGES ...",
    help="Ranges from `intact calibrate`, several files as if they were one; data then only checks.",
)
@described_options
@click.option(
    "--recipe",
    default="int8",
    show_default=True,
    metavar="NAME|FILE",
    help="Kind of quantization: a name, or a recipe file.",
)
@click.option("--observer", help="What makes a range of the values seen; min-max, unless the recipe names one.")
@click.option("--input-type", type=PORTS, default="float32", show_default=True, help="Type of float inputs.")
@click.option("--output-type", type=PORTS, default="float32", show_default=True, help="Type of float outputs.")
@click.option("--require-integer", is_flag=True, help="Fail rather than leave an operator in float.")
@click.option("-o", "--output", required=True, metavar="OUT", help="File to write.")
@resolver_option
@json_option
def command(
    model: str,
    data: tuple[str, ...],
    ranges: tuple[str, ...],
    image: tuple[str, ...],
    audio: tuple[str, ...],
    recipe: str,
    observer: str | None,
    input_type: str,
    output_type: str,
    require_integer: bool,
    output: str,
    resolver: str,
    as_json: bool,
) -> None:
    """Quantize a float model and verify the result on samples held back from calibration."""
    from pathlib import Path

    from intact.cli.warn import warned
    from intact.formats.format import format_of, load, save
    from intact.observe.embed import embedded
    from intact.observe.observer import observer as observer_named
    from intact.observe.ranges import Ranges
    from intact.quantizer.quantize import quantize
    from intact.quantizer.recipe_file import open_recipe
    from intact.report.quantized import quantized_tables
    from intact.report.verdict import verdicts

    wanted = open_recipe(recipe)
    observes = wanted.needs_ranges or {input_type, output_type} != {"float32"}
    if observer is not None:
        observer_named(observer)
    require_writable(output)
    require_other(output, model=model, data=data, ranges=ranges)
    format_of(output)
    described = descriptions(image, audio)
    loaded = load(model)
    if observes and not data and not ranges and embedded(loaded) is None:
        raise click.UsageError("give --data with samples, or --ranges with ranges recorded from samples")
    known = Ranges.load(*ranges) if ranges and observes else None
    given = open_all(loaded, by_signature(loaded, data), described, known)
    unused = [] if observes else _unused(wanted.name, data, ranges)
    warnings = [warning for key, samples in given.items() for warning in warned(loaded, key, samples)]
    held_back = given
    if known is not None:
        asked = {observer} if observer else {o for o in (wanted.observer, *(s.observer for s in wanted.scopes)) if o}
        if not asked <= known.observers:
            names, recorded = (", ".join(sorted(x)) for x in (asked - known.observers, known.observers))
            unused.append(f"observer {names} is not used: the ranges were recorded by {recorded}")
    if observes and data and known is None:
        note_kernels()
        known, held_back = _calibrate(loaded, given, observer, wanted)
    result = quantize(
        loaded,
        known,
        recipe=wanted,
        input_type=input_type,
        output_type=output_type,
        require_integer=require_integer,
    )
    result.report.notes += unused
    result.report.warnings += warnings
    comparisons = _verify(loaded, result.model, held_back, resolver, output)
    result.report.notes += dict.fromkeys(n for samples in held_back.values() for n in samples.notes)
    result.report.notes += verdicts(comparisons, wanted, result.report)
    result.report.notes += keep(loaded, result.model, used(loaded, given, described, known))
    save(result.model, output)
    before, after = Path(model).stat().st_size, Path(output).stat().st_size
    emit(
        {
            "model": model,
            "output": output,
            "bytes_before": before,
            "bytes_after": after,
            **result.report.as_dict(),
            "comparisons": [c.as_dict() for c in comparisons],
        },
        lambda: quantized_tables(result.report, comparisons, before, after, output),
        as_json=as_json,
    )


def _unused(recipe: str, data: tuple[str, ...], ranges: tuple[str, ...]) -> list[str]:
    """Returns what to say of samples and ranges where no operator becomes integer."""
    said = [f"recipe {recipe} needs no ranges: --ranges is not used"] if ranges else []
    return said + ([f"recipe {recipe} needs no calibration: all samples serve the comparison"] if data else [])


def _calibrate(
    model: Model, given: dict[str | None, Samples], observer: str | None, recipe: Recipe
) -> tuple[Ranges, dict[str | None, Samples]]:
    """Splits the samples, observes ranges over the larger part, and returns the other for the check."""
    from intact.cli.progress import progress
    from intact.quantizer.calibrate import calibrate

    ranges = None
    held_back = {}
    for key, samples in given.items():
        calibration, held_back[key] = samples.split()
        found = calibrate(model, calibration, observe=observer, recipe=recipe, signature=key, progress=progress)
        ranges = found if ranges is None else ranges.merge(found)
    assert ranges is not None
    return ranges, held_back


def _verify(
    model: Model, quantized: Model, held_back: dict[str | None, Samples], resolver: str, output: str
) -> list[Comparison]:
    from intact.cli.progress import progress
    from intact.diagnose.compare import compare

    quantized.source = output
    if not held_back:
        note("not verified: there is no --data to compare the models on")
    return [
        compare(model, quantized, samples, resolver=resolver, signature=key, progress=progress)
        for key, samples in held_back.items()
    ]
