"""What the data doctor says before a model is calibrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from intact.data.doctor.finding import Finding
    from intact.data.samples import Samples
    from intact.ir.model import Model


def warned(model: Model, key: str | None, samples: Samples) -> list[Finding]:
    """Prints on stderr what samples are warned of, and returns it. The checks that run the whole network are left out.

    Raises:
        DataError: what is refused, of the first sample that is.
    """
    from intact.diagnose.check_data import check_data

    found = list(check_data(model, samples, signature=key, quick=True, refuses=True).findings)
    for finding in found:
        click.echo(f"warning: {finding}", err=True)
    return found
