"""intact convert: from one format to another; the same format on both sides rewrites the file."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option, require_writable


@click.command(
    "convert",
    short_help="Write a model in another format.",
    epilog="Example: intact convert model.tflite rewritten.tflite",
)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@json_option
def command(source: str, target: str, as_json: bool) -> None:
    """Convert a model to the format of DST's suffix."""
    from pathlib import Path

    from intact.formats.format import load, save

    require_writable(target)
    before = Path(source)
    model = load(before)
    save(model, target)
    sizes = {"source_bytes": before.stat().st_size, "target_bytes": Path(target).stat().st_size}
    result = {"source": source, "target": target, **sizes}
    emit(
        result,
        lambda: [f"{target}: {sizes['target_bytes']} bytes, from {sizes['source_bytes']}"],
        as_json=as_json,
    )
