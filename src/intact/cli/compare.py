"""intact compare: how far one model's outputs are from another's."""

from __future__ import annotations

import math

import click

from intact.cli.described import described_options, descriptions
from intact.cli.options import emit, json_option, notes, resolver_option


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of dB.")
    return value


@click.command(
    "compare",
    short_help="Measure how far two models are apart.",
    epilog="Example: intact compare model.tflite model_int8.tflite --data held_back/",
)
@click.argument("a")
@click.argument("b")
@click.option("--data", required=True, metavar="PATH", help="Samples for A's inputs: a folder or a file.")
@described_options
@click.option("--signature", help="Entry point to compare; the main graph if not given.")
@click.option(
    "--min-sqnr",
    type=float,
    callback=_number,
    metavar="DB",
    help="Exit with status 1 where an output stays below this.",
)
@resolver_option
@json_option
def command(
    a: str,
    b: str,
    data: str,
    image: tuple[str, ...],
    audio: tuple[str, ...],
    signature: str | None,
    min_sqnr: float | None,
    resolver: str,
    as_json: bool,
) -> int:
    """Run two models on the same samples and compare their outputs. A is the reference."""
    from intact.cli.progress import progress
    from intact.diagnose.compare import compare
    from intact.diagnose.open_for_both import open_for_both
    from intact.formats.format import load
    from intact.quantizer.calibrate import graph_of
    from intact.report.quantized import comparison_table
    from intact.report.verdict import shortfalls

    first, second = load(a), load(b)
    graphs = graph_of(first, signature), graph_of(second, signature)
    samples = open_for_both(first, second, graphs, data, descriptions(image, audio))
    notes(samples.notes)
    result = compare(first, second, samples, resolver=resolver, signature=signature, progress=progress)
    below = {} if min_sqnr is None else shortfalls(result, min_sqnr)
    verdict = {"min_sqnr_db": min_sqnr, "passed": None if min_sqnr is None else not below, "below": list(below)}
    emit({**result.as_dict(), **verdict}, lambda: [comparison_table(result)], as_json=as_json)
    notes(below.values())
    return int(bool(below))
