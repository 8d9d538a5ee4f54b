"""Options that take several values after their name: `--ranges a.json b.json`."""

from __future__ import annotations

from collections.abc import Sequence

import click


class Several(click.Option):
    """An option of many values; each may have the name before it, or follow the one before."""


class CommandWithSeveral(click.Command):
    """A command with such options. What follows the last value is the command's argument where it has no other."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses arguments in which every value has its name."""
        several = {name for p in self.params if isinstance(p, Several) for name in p.opts}
        valued = {name for p in self.params if isinstance(p, click.Option) and not p.is_flag for name in p.opts}
        return super().parse_args(ctx, named(args, several, valued))


def named(args: Sequence[str], several: set[str], valued: set[str]) -> list[str]:
    """Returns arguments with the name of an option before each of its values.

    Args:
        args: as users give them.
        several: names of options of many values.
        valued: names of all options that take a value.
    """
    found: list[str] = []
    swallowed = None
    arguments = 0
    left = list(args)
    while left:
        word = left.pop(0)
        found.append(word)
        if word == "--":
            return found + left
        if not word.startswith("-"):
            arguments += 1
        elif word in valued and left:
            found.append(left.pop(0))
            while word in several and left and not left[0].startswith("-"):
                swallowed = len(found)
                found += [word, left.pop(0)]
    if not arguments and swallowed is not None:
        del found[swallowed]
    return found
