"""intact calibrate: the ranges of a float model's values over samples."""

from __future__ import annotations

import click

from intact.cli.options import by_signature, emit, json_option, notes, require_other, require_writable


@click.command(
    "calibrate",
    short_help="Record the ranges of a float model's values.",
    epilog="Example: intact calibrate model.tflite --data samples/ -o ranges.json",
)
@click.argument("model")
@click.option("--data", multiple=True, required=True, metavar="[SIGNATURE=]PATH", help="Samples: a folder or a file.")
@click.option("--observer", default="min-max", show_default=True, help="What makes a range of the values seen.")
@click.option("-o", "--output", required=True, metavar="RANGES", help="File of ranges to write.")
@json_option
def command(model: str, data: tuple[str, ...], observer: str, output: str, as_json: bool) -> None:
    """Run a float model on samples and record the range of every value."""
    from intact.cli.progress import progress
    from intact.formats.format import load
    from intact.observe.ranges import require_ranges_file
    from intact.quantizer.calibrate import calibrate, graph_of, open_inputs

    require_writable(output)
    require_other(output, model=model, data=data)
    require_ranges_file(output)
    loaded = load(model)
    ranges = None
    count = 0
    for key, path in by_signature(loaded, data).items():
        samples = open_inputs(loaded, graph_of(loaded, key), path)
        notes(samples.notes)
        count += len(samples)
        found = calibrate(loaded, samples, observe=observer, signature=key, progress=progress)
        ranges = found if ranges is None else ranges.merge(found)
    assert ranges is not None
    ranges.save(output)
    result = {"model": model, "output": output, "samples": count, "ranges": len(ranges), "observer": observer}
    emit(result, lambda: [f"{output}: ranges of {len(ranges)} values over {count} samples"], as_json=as_json)
