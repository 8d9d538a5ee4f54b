"""intact check: what is wrong with a model and what the exact engine does not cover; what is wrong with samples."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from intact.cli.described import described_options, descriptions, open_all
from intact.cli.options import by_signature, emit, json_option, notes

if TYPE_CHECKING:
    from intact.data.described_merge import Given
    from intact.data.doctor.examine import Diagnosis
    from intact.ir.model import Model


@click.command(
    "check",
    short_help="Find what is wrong with a model, or with samples for it.",
    epilog="Example: intact check model.tflite --data samples/",
)
@click.argument("model")
@click.option("--data", multiple=True, metavar="[SIGNATURE=]PATH", help="Check these samples, not the model.")
@described_options
@click.option("--profiles", metavar="P,P", help="Profiles to check the model for; all that ship by default.")
@json_option
def command(
    model: str,
    data: tuple[str, ...],
    image: tuple[str, ...],
    audio: tuple[str, ...],
    profiles: str | None,
    as_json: bool,
) -> int:
    """Check a model: rules of the format, defects of runtimes it runs into, sums that overflow, operators not covered.

    With --data, check samples instead: shapes, types, NaN; scale, layout, noise, labels, duplicates, and whether there
    are enough of them. Exit status 1 where anything is found; in a model, anything but a warning.
    """
    if data:
        if profiles is not None:
            raise click.UsageError("--profiles is for checking a model, --data for checking samples")
        return _check_samples(model, data, descriptions(image, audio), as_json=as_json)
    if image or audio:
        raise click.UsageError("--image and --audio say how --data becomes numbers")
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


def _check_samples(model: str, data: tuple[str, ...], described: Given, *, as_json: bool) -> int:
    from intact.formats.format import load
    from intact.report.data_checked import data_finding_tables

    loaded = load(model)
    found = {(k, path): _diagnosis(loaded, k, path, described) for k, path in by_signature(loaded, data).items()}
    for diagnosis in found.values():
        notes(diagnosis.notes)
    emit(
        {
            "model": model,
            "samples": sum(d.samples for d in found.values()),
            "findings": [
                {**f.as_dict(), "data": path, "signature": key} for (key, path), d in found.items() for f in d.findings
            ],
            "notes": [note for d in found.values() for note in d.notes],
        },
        lambda: (line for (_, path), d in found.items() for line in data_finding_tables(path, d)),
        as_json=as_json,
    )
    return int(any(d.findings for d in found.values()))


def _diagnosis(model: Model, key: str | None, path: str, described: Given) -> Diagnosis:
    from intact.cli.progress import progress
    from intact.data.doctor.examine import Diagnosis
    from intact.data.doctor.finding import Finding
    from intact.diagnose.check_data import check_data
    from intact.errors import DataError

    try:
        samples = open_all(model, {key: path}, described)[key]
    except DataError as fault:
        return Diagnosis(0, tuple(Finding.refused([fault, *fault.also.values()])))
    found = check_data(model, samples, signature=key, progress=progress)
    return dataclasses.replace(found, notes=(*samples.notes, *found.notes))
