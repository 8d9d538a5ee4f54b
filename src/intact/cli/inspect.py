"""intact inspect: what is in a model."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option


@click.command("inspect", short_help="Show what is in a model.", epilog="Example: intact inspect model.tflite --full")
@click.argument("model")
@click.option("--full", is_flag=True, help="List every operator, tensor and channel.")
@json_option
def command(model: str, full: bool, as_json: bool) -> None:
    """Show a model's operators, tensors, scales, metadata and signatures, and what of it is integer."""
    from intact.diagnose.inspect import inspect
    from intact.formats.format import load
    from intact.report.inspected import inspected_tables

    found = inspect(load(model))
    emit(found, lambda: inspected_tables(found, full=full), as_json=as_json)
