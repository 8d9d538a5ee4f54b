"""The part of docs/python.md that is made of the names of the package: signatures, what they do, arguments."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import intact

MARK: Final = "<!-- From here on made by docs/generate.py; what stands above is written by hand. -->\n"

GROUPS: Final = {
    "Files": ("load", "save", "Model"),
    "Samples": ("samples", "Samples", "ImageInput", "AudioInput", "describe_inputs", "check_data", "Diagnosis"),
    "Ranges": ("calibrate", "Ranges", "embed"),
    "Quantizing": ("quantize", "Recipe", "Scope", "Treatment", "Quantized", "Report"),
    "Judging": ("compare", "Comparison", "contract", "InputContract", "inspect"),
    "Exact integers": (
        *("run", "run_batch", "Run", "certify", "Certificate", "check", "Finding", "explain", "Explanation"),
        *("diff_runtimes", "Differences", "check_kernel", "Verdict"),
    ),
    "This machine": ("bench", "Benchmark", "doctor", "Health"),
}
"""Names by task, each function before what it returns; errors come last."""

_MADE: Final = frozenset({"ImageInput", "AudioInput", "Recipe", "Scope", "Treatment"})
"""Classes that users make themselves, and not only get from a function."""

_WIDE: Final = 100


def page(written: str) -> str:
    """Returns the page: what was written by hand, then every name."""
    errors = [name for name in intact.__all__ if name.endswith("Error")]
    groups = {**GROUPS, "Errors": tuple(sorted(errors, key=lambda name: (name != "IntactError", name)))}
    listed = [name for names in groups.values() for name in names]
    missing = set(intact.__all__) ^ set(listed)
    if missing or len(listed) != len(set(listed)):
        raise SystemExit(f"docs/python_page.py: GROUPS and intact.__all__ differ in {sorted(missing)}")
    lines = [written.partition(MARK)[0] + MARK]
    lines += [f"- [{group}](#{group.lower().replace(' ', '-')}): {_listed(names)}" for group, names in groups.items()]
    for group, names in groups.items():
        lines += ["", f"## {group}"]
        if group == "Errors":
            lines += ["", "Each has `code`, `problem`, `expected`, `fix`, `where`; [what codes mean](errors.md).", ""]
            lines += [f"- `{name}`: {_first(getattr(intact, name))}" for name in names]
            continue
        for name in names:
            lines += ["", *_entry(name, getattr(intact, name))]
    return "\n".join(lines) + "\n"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"### {name}"
    is_class = inspect.isclass(thing)
    if not is_class or name in _MADE:
        yield from ("```python", _signature(name, thing), "```")
    yield _first(thing)
    told = _told(thing)
    types = _types(thing) if is_class and name not in _MADE else {}
    if told:
        yield from ("", "| argument | |" if not types else "| attribute | type | |", "|---|---|" + "---|" * bool(types))
    for names, text in told:
        kinds = dict.fromkeys(types[n] for n in names if n in types)
        kind = f" {', '.join(f'`{_cell(k)}`' for k in kinds)} |" if types else ""
        yield f"| {', '.join(f'`{n}`' for n in names)} |{kind} {_cell(text)} |"
    members = [*_members(name, thing)] if is_class else []
    if members:
        yield from ("", *members)


def _members(name: str, kind: type) -> Iterator[str]:
    """Yields a line for each public method and property of a class."""
    for member, found in sorted(vars(kind).items()):
        if member.startswith("_"):
            continue
        if isinstance(found, property):
            yield f"- `{member}`: {_first(found)}"
        elif isinstance(found, classmethod):
            yield f"- `{name}.{_signature(member, getattr(kind, member))}`: {_first(getattr(kind, member))}"
        elif inspect.isfunction(found):
            yield f"- `{_signature('.' + member, found, wide=True)}`: {_first(found)}"


def _signature(name: str, thing: Any, *, wide: bool = False) -> str:
    """Returns how a thing is called, on one line where that fits or is asked for."""
    known = inspect.signature(thing)
    parts, seen = [], False
    for parameter in known.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not seen:
            parts.append("*")
        seen = seen or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        kind = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
        parts.append(f"{star}{parameter.name}{kind}{_default(parameter.default)}")
    result = known.return_annotation
    end = ")" if inspect.isclass(thing) or result is known.empty else f") -> {result}"
    line = f"{name}({', '.join(parts)}{end}"
    return line if wide or len(line) <= _WIDE else f"{name}(\n    " + ",\n    ".join(parts) + f",\n{end}"


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return ""
    return f" = {type(value).__name__}.{value.name}" if isinstance(value, enum.Enum) else f" = {value!r}"


def _types(kind: type) -> dict[str, str]:
    return {f.name: str(f.type) for f in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else {}


def _first(thing: Any) -> str:
    """Returns the first sentence of a docstring."""
    text = " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.)\s+(?=[A-Z`])", text, maxsplit=1)[0]


def _told(thing: Any) -> list[tuple[list[str], str]]:
    """Returns what a docstring says of arguments: their names, and the text for these."""
    section = re.search(r"^Args:\n((?:[ ].*\n?|\n)+)", inspect.getdoc(thing) or "", re.MULTILINE)
    found: list[tuple[list[str], str]] = []
    for line in (section[1] if section else "").splitlines():
        entry = re.match(r"    (\w+(?:, \w+)*): (.*)", line)
        if entry:
            found.append((entry[1].split(", "), entry[2]))
        elif found and line.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def python() -> str:
    """The page of the Python API."""
    return page((Path(__file__).parent / "python.md").read_text(encoding="utf-8"))
