"""intact doctor: what this installation computes with."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option


@click.command(
    "doctor",
    short_help="Show what this installation computes with: versions, kernels, LiteRT.",
    epilog="Example: intact doctor",
)
@json_option
def command(as_json: bool) -> int:
    """Show versions, which C kernels are in use and why, and whether LiteRT works.

    Exit status 1 where something is broken.
    """
    from intact.diagnose.doctor import doctor
    from intact.report.doctored import health_tables

    health = doctor()
    emit(health.as_dict(), lambda: health_tables(health), as_json=as_json)
    return int(bool(health.broken))
