"""intact run: a model on one set of inputs."""

from __future__ import annotations

import click

from intact.cli.inputs import described_inputs, input_options, profile_option, read_inputs
from intact.cli.options import (
    emit,
    json_option,
    note,
    note_kernels,
    require_different,
    require_npz,
    require_other,
    require_writable,
    threads_option,
)


@click.command(
    "run",
    short_help="Run a model on integers, as a named runtime does.",
    epilog="Example: intact run model_int8.tflite --input image=photo.png --profile litert-xnnpack",
)
@click.argument("model")
@input_options
@click.option(
    "--engine",
    type=click.Choice(["exact", "litert"]),
    help="exact: our integers; litert: LiteRT itself with the profile's kernels. exact, but for float models.",
)
@profile_option
@click.option("--signature", metavar="KEY", help="Run this entry point in place of subgraph 0, with its names.")
@threads_option("That share the work; the integers do not depend on it.")
@click.option("--raw", is_flag=True, help="Stored integers in place of real values, on the screen and in -o.")
@click.option("-o", "output", metavar="OUT.npz", help="Write the outputs by name.")
@click.option("--dump", metavar="OUT.npz", help="Write every tensor of the graph as stored, under t<index>.")
@json_option
def command(
    model: str,
    given: tuple[str, ...],
    image: tuple[str, ...],
    audio: tuple[str, ...],
    mean: float | None,
    std: float | None,
    engine: str | None,
    profile: str,
    signature: str | None,
    threads: int,
    raw: bool,
    output: str | None,
    dump: str | None,
    as_json: bool,
) -> int:
    """Run a model and show its outputs, as stored integers and as the real values they stand for."""
    from collections import Counter
    from typing import Any, cast

    from intact.data.write_npz import write_npz
    from intact.diagnose.run import run
    from intact.formats.format import load
    from intact.ir.port import entry_point
    from intact.report.ran import run_tables

    for path in (output, dump):
        if path is not None:
            require_writable(path)
            require_other(path, model=model, data=[text.partition("=")[2] or text for text in given])
            require_npz(path)
    if output is not None and dump is not None:
        require_different(output, dump)
    loaded = load(model)
    entry = None if signature is None else entry_point(loaded, signature)
    result = run(
        loaded,
        read_inputs(
            loaded, given, described_inputs(image, audio, mean, std), None if entry is None else entry.graph, entry
        ),
        engine=cast("Any", engine),
        profile=profile,
        dump=dump is not None,
        signature=signature,
        threads=threads,
    )
    if result.engine == "exact":
        note_kernels()
    if result.on_litert and result.profile.resolver is None:
        count = result.on_litert
        note(
            f"{count} operator{'s' if count > 1 else ''} on floats or plain numbers ran on LiteRT's reference kernels;"
            f" {result.profile.name} says nothing of their numbers"
        )
    if output is not None:
        write_npz(output, {o.name: o.stored if raw else o.real for o in result.outputs})
    if dump is not None:
        write_npz(dump, {f"t{index}": array for index, array in sorted(result.tensors.items())})
        for why, count in sorted(Counter(result.left_out.values()).items()):
            note(f"not in {dump}: {count} tensor{'s' if count > 1 else ''}, each {why}")
    emit(result.as_dict(), lambda: run_tables(result, raw=raw), as_json=as_json)
    return 0
