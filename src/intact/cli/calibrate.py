"""intact calibrate: the ranges of a float model's values over samples."""

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
    notes,
    require_different,
    require_other,
    require_writable,
    threads_option,
)

if TYPE_CHECKING:
    from intact.data.doctor.finding import Finding


@click.command(
    "calibrate",
    short_help="Record the ranges of a float model's values.",
    epilog="Example: intact calibrate model.tflite --data samples/ -o ranges.json",
)
@click.argument("model")
@click.option("--data", multiple=True, required=True, metavar="[SIGNATURE=]PATH", help="Samples: a folder or a file.")
@described_options
@click.option("--observer", help="What makes a range of the values seen; min-max, unless the recipe names one.")
@click.option("--recipe", metavar="NAME|FILE", help="What the ranges are for: its scopes may have observers.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Samples that run at a time.")
@threads_option("Threads of LiteRT, of each worker.")
@click.option(
    "--until-stable",
    type=click.FloatRange(0, 1, max_open=True),
    metavar="PART",
    help="Stop once no range has moved by more than this part of its width for 32 samples.",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="Save what is known to it meanwhile and go on from it where it is there; removed at the end.",
)
@click.option("--embed", "is_embedded", is_flag=True, help="Write the model with min and max of its values in place.")
@click.option("-o", "--output", required=True, metavar="RANGES", help="File of ranges to write; a model with --embed.")
@json_option
def command(
    model: str,
    data: tuple[str, ...],
    image: tuple[str, ...],
    audio: tuple[str, ...],
    observer: str | None,
    recipe: str | None,
    workers: int,
    threads: int,
    until_stable: float | None,
    checkpoint: str | None,
    is_embedded: bool,
    output: str,
    as_json: bool,
) -> None:
    """Run a float model on samples and record the range of every value.

    The file is the same for any number of workers, and whether or not the work was cut off and went on from a
    checkpoint. Files of several parts of the samples, given together to `intact quantize --ranges`, count as one.
    """
    from pathlib import Path

    from intact.cli.progress import progress
    from intact.cli.warn import warned
    from intact.formats.format import format_of, load, save
    from intact.observe.embed import embed
    from intact.observe.ranges_file import require_ranges_file
    from intact.quantizer.calibrate import calibrate, graph_of, observer_name
    from intact.quantizer.prepare import expand
    from intact.quantizer.recipe_file import open_recipe

    wanted = open_recipe(recipe) if recipe is not None else None
    name = observer_name(observer, wanted)
    require_writable(output)
    require_other(output, model=model, data=data)
    if is_embedded:
        format_of(output)
    else:
        require_ranges_file(output)
    if checkpoint is not None:
        require_writable(checkpoint)
        require_different(output, checkpoint)
        require_other(checkpoint, model=model, data=data)
    loaded = load(model)
    note_kernels()
    ranges = None
    warnings: list[Finding] = []
    described = descriptions(image, audio)
    sources = open_all(loaded, by_signature(loaded, data), described)
    inputs, expanded = used(loaded, sources, described), expand(loaded)
    # Each signature goes on from a file of its own.
    several = len(sources) > 1
    checkpoints = {k: f"{checkpoint}.{k}" if several else checkpoint for k in sources if checkpoint is not None}
    for key, samples in sources.items():
        notes(samples.notes)
        warnings += warned(loaded, key, samples)
        found = calibrate(
            loaded,
            samples,
            observe=name,
            recipe=wanted,
            signature=key,
            threads=threads,
            workers=workers,
            until_stable=until_stable,
            checkpoint=checkpoints.get(key),
            keep_checkpoint=True,
            progress=progress,
        )
        if found.samples < len(samples):
            note(f"no range moved any more: {found.samples} of {len(samples)} samples were run")
        found = found.describe(expanded, graph_of(expanded, key), inputs[key])
        ranges = found if ranges is None else ranges.merge(found)
    assert ranges is not None
    if is_embedded:
        carrier, left = embed(loaded, ranges)
        if left:
            note(
                f"{len(left)} ranges inside of composite operators have no place in the file, the first of '{left[0]}'"
            )
        notes(keep(loaded, carrier, inputs))
        save(carrier, output)
    else:
        ranges.save(output)
    for path in checkpoints.values():
        Path(path).unlink(missing_ok=True)
    result = {
        "model": model,
        "output": output,
        "samples": ranges.samples,
        "ranges": len(ranges),
        "observer": name,
        "warnings": [w.as_dict() for w in warnings],
    }
    emit(result, lambda: [f"{output}: ranges of {len(ranges)} values over {ranges.samples} samples"], as_json=as_json)
