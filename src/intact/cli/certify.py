"""intact certify: the exact engine against LiteRT, tensor by tensor."""

from __future__ import annotations

import click

from intact.cli.options import emit, json_option, notes


@click.command(
    "certify",
    short_help="Prove that our integers are a runtime's, every tensor.",
    epilog="Example: intact certify model_int8.tflite --samples 64 --against litert-reference,litert-xnnpack",
)
@click.argument("model")
@click.option("--samples", type=click.IntRange(0), default=16, show_default=True, help="Seeded random samples.")
@click.option("--data", metavar="PATH", help="Samples of your own as well: a folder or a file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random samples.")
@click.option(
    "--against",
    default="litert-reference",
    show_default=True,
    metavar="P,P",
    help="Profiles of LiteRT: litert-reference, litert-optimized, litert-xnnpack.",
)
@click.option(
    "--oracle", metavar="FILE", help="Let LiteRT run this file in place of MODEL; the same graph, tensor by tensor."
)
@click.option("--all", "everything", is_flag=True, help="List every operator, not only those that differ.")
@json_option
def command(
    model: str,
    samples: int,
    data: str | None,
    seed: int,
    against: str,
    oracle: str | None,
    everything: bool,
    as_json: bool,
) -> int:
    """Run a model in the exact engine and in LiteRT and compare every intermediate tensor.

    Each operator is given the integers that LiteRT's own operator read, so a difference is charged to the operator that
    makes it; where none differs, whole runs are equal. Exit status 1 where a number differs or an operator is not
    covered.
    """
    from intact.cli.progress import progress
    from intact.diagnose.certify import certify, random_samples
    from intact.errors import UsageError
    from intact.formats.format import load
    from intact.quantizer.calibrate import open_inputs
    from intact.report.certified import certificate_tables

    loaded = load(model)
    names = [p.strip() for p in against.split(",") if p.strip()]
    if not names:
        raise UsageError("--against names no profile", expected="one or more, with commas between")
    given = random_samples(loaded, samples, seed)
    if data is not None:
        found = open_inputs(loaded, loaded.main, data)
        notes(found.notes)
        given += [s.arrays for s in found]
    if not given:
        raise UsageError("there is nothing to run", expected="--samples 1 or more, or --data")
    twin = None if oracle is None else load(oracle)
    certificates = [
        certify(loaded, name, progress(given, len(given), f"certify {name}"), oracle=twin) for name in names
    ]
    emit(
        {"model": model, "certificates": [c.as_dict() for c in certificates]},
        lambda: certificate_tables(model, certificates, everything=everything),
        as_json=as_json,
    )
    return int(any(c.differing or c.gaps for c in certificates))
