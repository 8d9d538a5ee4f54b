"""intact diff-runtimes: where runtimes give other integers."""

from __future__ import annotations

import click

from intact.cli.described import described_options, descriptions
from intact.cli.options import emit, json_option, note_kernels, notes


@click.command(
    "diff-runtimes",
    short_help="Show which operators differ between runtimes, and by how much.",
    epilog="Example: intact diff-runtimes model_int8.tflite --data samples/ --profiles litert-reference,cmsis-nn",
)
@click.argument("model")
@click.option("--samples", type=click.IntRange(0), help="Seeded random samples; 16, or none where --data is given.")
@click.option("--data", metavar="PATH", help="Samples: a folder or a file.")
@described_options
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random samples.")
@click.option("--signature", metavar="KEY", help="The entry point to run; the main graph by default.")
@click.option("--profiles", metavar="P,P", help="Profiles to compare, all that ship by default; the first is the base.")
@json_option
def command(
    model: str,
    samples: int | None,
    data: str | None,
    image: tuple[str, ...],
    audio: tuple[str, ...],
    seed: int,
    signature: str | None,
    profiles: str | None,
    as_json: bool,
) -> int:
    """Compare the arithmetic of runtimes on a model: operator by operator on the same integers, and whole runs.

    Operators in graphs that control flow runs are compared too. Exit status 1 where any number differs.
    """
    from intact.cli.progress import progress
    from intact.diagnose.diff_runtimes import PROFILES, diff_runtimes
    from intact.diagnose.draw import random_samples
    from intact.errors import UsageError
    from intact.formats.format import load
    from intact.quantizer.calibrate import graph_of, open_inputs
    from intact.report.differing import difference_tables

    loaded = load(model)
    count = samples if samples is not None else 16 if data is None else 0
    graph = graph_of(loaded, signature)
    given = random_samples(loaded, count, seed, graph)
    if data is not None:
        found = open_inputs(loaded, graph, data, descriptions(image, audio))
        notes(found.notes)
        given += [s.arrays for s in found]
    if not given:
        raise UsageError("there is nothing to run", expected="--samples 1 or more, or --data")
    names = PROFILES if profiles is None else [p.strip() for p in profiles.split(",") if p.strip()]
    note_kernels()
    result = diff_runtimes(loaded, names, given, signature=signature, progress=progress)
    emit({"model": model, **result.as_dict()}, lambda: difference_tables(model, result), as_json=as_json)
    return int(any(t.differing for d in result.others for t in (*d.operators, *d.outputs)))
