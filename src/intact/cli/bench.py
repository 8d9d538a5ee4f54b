"""intact bench: the exact engine's speed beside LiteRT's."""

from __future__ import annotations

import click

from intact.cli.described import described_options, descriptions
from intact.cli.inputs import profile_option
from intact.cli.options import emit, json_option, notes, threads_option


@click.command(
    "bench",
    short_help="Measure the exact engine's speed beside LiteRT's.",
    epilog="Example: intact bench model_int8.tflite --threads 2 --against litert-default,litert-reference",
)
@click.argument("model")
@threads_option("Of both sides.")
@click.option(
    "--batch", type=click.IntRange(1), default=1, show_default=True, help="Samples that make one measurement."
)
@click.option(
    "--against",
    default="litert-default,litert-optimized,litert-reference",
    show_default=True,
    metavar="K,K",
    help="LiteRT's kernel sets: with XNNPACK, its optimized kernels, its reference kernels.",
)
@profile_option
@click.option("--runs", type=click.IntRange(1), help="Measurements of each side; by default 2 seconds a kernel set.")
@click.option("--data", metavar="PATH", help="Samples: a folder or a file; random ones by default.")
@described_options
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random samples.")
@click.option("--signature", metavar="KEY", help="The entry point to run; the main graph by default.")
@click.option("--operators", is_flag=True, help="Show the time of each operator.")
@json_option
def command(
    model: str,
    threads: int,
    batch: int,
    against: str,
    profile: str,
    runs: int | None,
    data: str | None,
    image: tuple[str, ...],
    audio: tuple[str, ...],
    seed: int,
    signature: str | None,
    operators: bool,
    as_json: bool,
) -> int:
    """Measure how long a model takes in the exact engine and in LiteRT, both in turn in one run.

    A ratio is our time divided by LiteRT's, the median over all measurements. LiteRT's time is that of its interpreter
    alone. With --batch, samples are shared out among our threads; LiteRT runs them one after the other.
    """
    from intact.cli.progress import progress
    from intact.diagnose.bench import bench
    from intact.errors import UsageError
    from intact.formats.format import load
    from intact.quantizer.calibrate import graph_of, open_inputs
    from intact.report.benchmarked import benchmark_tables

    names = [name.strip() for name in against.split(",") if name.strip()]
    if not names:
        raise UsageError("--against names no kernel set", expected="one or more, with commas between")
    loaded = load(model)
    given = None
    if data is not None:
        found = open_inputs(loaded, graph_of(loaded, signature), data, descriptions(image, audio))
        notes(found.notes)
        given = (s.arrays for s in found)
    result = bench(
        loaded,
        profile=profile,
        against=names,
        threads=threads,
        batch=batch,
        runs=runs,
        samples=given,
        seed=seed,
        signature=signature,
        progress=progress,
    )
    emit(
        {"model": model, **result.as_dict()},
        lambda: benchmark_tables(model, result, operators=operators),
        as_json=as_json,
    )
    return 0
