"""intact check: what is wrong with a model, and what the exact engine does not cover."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option


@click.command(
    "check",
    short_help="Find what is wrong with a model before it runs.",
    epilog="Example: intact check model_int8.tflite --profiles litert-reference,cmsis-nn",
)
@click.argument("model")
@click.option("--profiles", metavar="P,P", help="Profiles to check for; all that ship by default.")
@json_option
def command(model: str, profiles: str | None, as_json: bool) -> int:
    """Check a model: rules of the format, defects of runtimes it runs into, sums that overflow, operators not covered.

    Exit status 1 where anything but a warning is found.
    """
    from intact.diagnose.check import check
    from intact.diagnose.diff_runtimes import PROFILES
    from intact.formats.format import load
    from intact.report.checked import finding_tables

    names = PROFILES if profiles is None else [p.strip() for p in profiles.split(",") if p.strip()]
    findings = check(load(model), names)
    emit(
        {"model": model, "profiles": list(names), "findings": [f.as_dict() for f in findings]},
        lambda: finding_tables(model, findings),
        as_json=as_json,
    )
    return int(any(f.kind != "warning" for f in findings))
