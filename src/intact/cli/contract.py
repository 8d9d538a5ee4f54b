"""intact contract: how reals become integers at a model's border, both ways."""

from __future__ import annotations

import click

from intact.cli.described import described_options, descriptions
from intact.cli.options import emit, json_option, notes


@click.command(
    "contract",
    short_help="Show mean and std of inputs and outputs, or work out scale and zero point.",
    epilog="Example: intact contract model_int8.tflite --mean 127.5 --std 127.5 --data photos/",
)
@click.argument("model")
@click.option("--mean", metavar="M[:M:M]", help="Of real = (x - mean) / std; one for each channel with colons.")
@click.option("--std", metavar="S[:S:S]", help="Of real = (x - mean) / std.")
@click.option("--range", "limits", metavar="LOW,HIGH", help="Of x; pixels, 0,255, by default. Alone: of the reals.")
@click.option("--type", "dtype", metavar="T", help="int8, uint8 or int16: of the integers, for a float input.")
@click.option("--input", metavar="NAME", help="The input that --mean, --std and --range are for; all by default.")
@click.option("--data", metavar="PATH", help="Samples to hold against both: a folder or a file.")
@described_options
@click.option("--signature", metavar="KEY", help="The entry point to look at; the main graph by default.")
@json_option
def command(
    model: str,
    mean: str | None,
    std: str | None,
    limits: str | None,
    dtype: str | None,
    input: str | None,
    data: str | None,
    image: tuple[str, ...],
    audio: tuple[str, ...],
    signature: str | None,
    as_json: bool,
) -> int:
    """Show scale and zero point of inputs and outputs as mean and std, and the other way round, with the formulas.

    Without --mean, --std and --range those that the model itself describes count. Exit status 1 where samples disagree
    with the scale and zero point of an input.
    """
    from intact.data.described_text import numbers
    from intact.diagnose.contract import contract
    from intact.formats.format import load
    from intact.report.contracted import contract_tables

    found = contract(
        load(model),
        mean=None if mean is None else numbers("--mean", mean, (1, 3, 4), ":"),
        std=None if std is None else numbers("--std", std, (1, 3, 4), ":"),
        limits=None if limits is None else numbers("--range", limits, (2,), ",")[:2],  # type: ignore[arg-type]
        dtype=dtype,
        input=input,
        data=data,
        described=descriptions(image, audio),
        signature=signature,
    )
    notes(found.notes)
    emit({"model": model, **found.as_dict()}, lambda: contract_tables(found), as_json=as_json)
    return int(not found.holds)
