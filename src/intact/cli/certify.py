"""intact certify: the exact engine against LiteRT, operator by operator and in whole runs."""

from __future__ import annotations

import click

from intact.cli.described import described_options, descriptions
from intact.cli.options import emit, json_option, note_kernels, notes, threads_option


@click.command(
    "certify",
    short_help="Show that our integers are a runtime's: every operator, and whole runs.",
    epilog="Example: intact certify model_int8.tflite --samples 64 --against litert-reference,litert-xnnpack",
)
@click.argument("model")
@click.option("--samples", type=click.IntRange(0), default=16, show_default=True, help="Seeded random samples.")
@click.option("--data", metavar="PATH", help="Samples of your own as well: a folder or a file.")
@described_options
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random samples.")
@click.option("--signature", metavar="KEY", help="One entry point, which --data is for; by default all are looked at.")
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
@threads_option("Of the exact engine.")
@click.option("--all", "everything", is_flag=True, help="List every operator, not only those that differ.")
@json_option
def command(
    model: str,
    samples: int,
    data: str | None,
    image: tuple[str, ...],
    audio: tuple[str, ...],
    seed: int,
    signature: str | None,
    against: str,
    oracle: str | None,
    threads: int,
    everything: bool,
    as_json: bool,
) -> int:
    """Run a model in the exact engine and in LiteRT and compare all numbers, bit by bit.

    Each operator is given the integers that LiteRT's own operator read, so a difference is charged to the operator that
    makes it. Then each side runs the samples whole, one after the other, with variables carried over, and outputs are
    compared. Both for the main graph and the graph of each signature; what was not compared is listed. Exit status 1
    where a number differs, the engine fails, or an operator is not covered.
    """
    from intact.cli.progress import progress
    from intact.diagnose.certify import certify
    from intact.errors import UsageError
    from intact.formats.format import load
    from intact.quantizer.calibrate import graph_of, open_inputs
    from intact.report.certified import certificate_tables

    loaded = load(model)
    names = [p.strip() for p in against.split(",") if p.strip()]
    if not names:
        raise UsageError("--against names no profile", expected="one or more, with commas between")
    given = None
    if data is not None:
        found = open_inputs(loaded, graph_of(loaded, signature), data, descriptions(image, audio))
        notes(found.notes)
        given = [s.arrays for s in found]
    if not given and not samples:
        raise UsageError("there is nothing to run", expected="--samples 1 or more, or --data")
    twin = None if oracle is None else load(oracle)
    note_kernels()
    certificates = [
        certify(
            loaded,
            name,
            given,
            count=samples,
            seed=seed,
            signature=signature,
            oracle=twin,
            threads=threads,
            progress=progress,
        )
        for name in names
    ]
    emit(
        {"model": model, "certificates": [c.as_dict() for c in certificates]},
        lambda: certificate_tables(model, certificates, everything=everything),
        as_json=as_json,
    )
    return int(not all(c.equal for c in certificates))
