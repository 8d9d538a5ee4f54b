"""intact explain: where an operator's numbers come from."""

from __future__ import annotations

import click

from intact.cli.inputs import described_inputs, input_options, profile_option, read_inputs
from intact.cli.options import emit, json_option


@click.command(
    "explain",
    short_help="Show an operator's parameters, or work out one number.",
    epilog="Example: intact explain model_int8.tflite --tensor logits --at 0,3 --input x.npy",
)
@click.argument("model")
@click.option("--op", type=int, metavar="N", help="Position of the operator in its graph, as inspect counts.")
@click.option("--tensor", metavar="NAME", help="Name of the operator's result; in any graph where it is unique.")
@click.option("--graph", type=int, metavar="N", help="Number of the graph: a body or another signature; 0 if left out.")
@click.option("--at", metavar="I,J", help="One element of the result, worked out; needs --input.")
@input_options
@profile_option
@click.option("--full", is_flag=True, help="List every channel and every term.")
@json_option
def command(
    model: str,
    op: int | None,
    tensor: str | None,
    graph: int | None,
    at: str | None,
    given: tuple[str, ...],
    image: tuple[str, ...],
    audio: tuple[str, ...],
    mean: float | None,
    std: float | None,
    profile: str,
    full: bool,
    as_json: bool,
) -> int:
    """Show what a code generator needs of an operator: scales, multiplier, shift, clamp, bounds of the accumulator.

    With --input also the ranges of a run, and with --at one number of it from its products to its real value.
    """
    from intact.diagnose.explain import explain
    from intact.diagnose.find import entry, find
    from intact.errors import UsageError
    from intact.formats.format import load
    from intact.report.explained import explained_tables

    place = None
    if at is not None:
        try:
            place = tuple(int(part) for part in at.split(","))
        except ValueError as fault:
            raise UsageError(f"--at {at}", expected="indices with commas between, such as 0,3") from fault
    described = described_inputs(image, audio, mean, std)
    loaded = load(model)
    run = entry(loaded, find(loaded, op, tensor, graph)[0])
    inputs = read_inputs(loaded, given, described, run) if given else None
    result = explain(loaded, op=op, tensor=tensor, at=place, inputs=inputs, profile=profile, graph=graph)
    emit(result.as_dict(), lambda: explained_tables(result, full=full), as_json=as_json)
    return 0
