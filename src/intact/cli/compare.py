"""intact compare: how far one model's outputs are from another's."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option, notes, resolver_option


@click.command(
    "compare",
    short_help="Measure how far two models are apart.",
    epilog="Example: intact compare model.tflite model_int8.tflite --data held_back/",
)
@click.argument("a")
@click.argument("b")
@click.option("--data", required=True, metavar="PATH", help="Samples for A's inputs: a folder or a file.")
@click.option("--signature", help="Entry point to compare; the main graph if not given.")
@click.option("--min-sqnr", type=float, metavar="DB", help="Exit with status 1 where an output stays below this.")
@resolver_option
@json_option
def command(
    a: str, b: str, data: str, signature: str | None, min_sqnr: float | None, resolver: str, as_json: bool
) -> int:
    """Run two models on the same samples and compare their outputs. A is the reference."""
    from intact.cli.progress import progress
    from intact.diagnose.compare import compare
    from intact.formats.format import load
    from intact.quantizer.calibrate import graph_of, open_inputs
    from intact.report.quantized import comparison_table

    first, second = load(a), load(b)
    samples = open_inputs(first, graph_of(first, signature), data)
    notes(samples.notes)
    result = compare(first, second, samples, resolver=resolver, signature=signature, progress=progress)
    emit(result.as_dict(), lambda: [comparison_table(result)], as_json=as_json)
    return int(min_sqnr is not None and any(o.measures.is_below(min_sqnr) for o in result.outputs))
