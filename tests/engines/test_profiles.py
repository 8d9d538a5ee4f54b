"""A profile of a user's that says what no operator understands is refused before anything runs."""

from pathlib import Path

import pytest

from intact.arith.profile import NAMES, Profile, Rule, load
from intact.engines.exact import Exact
from intact.engines.profiles import require_understood
from intact.errors import UncoveredError, UsageError
from intact.ir.site import Site
from intact.ir.text import parse
from intact.report.ran import profile_line

BLOCK = """
name = "my"
base = "{base}"
[[rule]]
operators = ["{operator}"]
types = ["{kind}"]
rule = "{rule}"
source = "data sheet"
"""


def written(tmp_path: Path, operator: str, kind: str, rule: str, base: str = "litert-reference") -> Path:
    path = tmp_path / "my.toml"
    path.write_text(BLOCK.format(base=base, operator=operator, kind=kind, rule=rule))
    return path


@pytest.mark.parametrize(
    ("operator", "kind", "rule", "problem"),
    [
        ("CONV2D", "int8", "single", "there is no operator 'CONV2D'; expected one of CONV_2D"),
        ("XYZZY", "int8", "single", "there is no operator 'XYZZY'; expected one of ABS, ADD, "),
        ("RESHAPE", "int8", "codes", "there is a rule for RESHAPE, which asks for none"),
        (
            "ADD",
            "int9",
            "double-away",
            "ADD has a rule for the type 'int9'; expected one of int16, int16 power-of-two,",
        ),
        ("ADD", "int8", "float64-away", "ADD of int8 has the rule 'float64-away'; expected one of double-away, "),
        ("CONV_2D", "int8", "sngle", "CONV_2D of int8 has the rule 'sngle'; expected one of double-away, "),
        ("CONV_2D", "int8", "dynamic", "CONV_2D of int8 has the rule 'dynamic'; expected one of double-away, "),
        (
            "MEAN",
            "int8",
            "image-16",
            "MEAN of int8 has the rule 'image-16'; expected one of divided, float32-even, none",
        ),
    ],
)
def test_what_is_not_known_is_refused(operator: str, kind: str, rule: str, problem: str, tmp_path: Path) -> None:
    path = written(tmp_path, operator, kind, rule)
    model = parse("graph main(%x: float32[1]) -> (%y) { %y = ABS(%x) }")
    with pytest.raises(UsageError, match=problem) as caught:
        Exact(model, str(path))
    assert caught.value.code == "E003"
    assert str(path) in str(caught.value)


def test_a_base_is_looked_at_too(tmp_path: Path) -> None:
    path = written(tmp_path, "ADD", "int8", "sngle")
    twin = tmp_path / "twin.toml"
    twin.write_text(f'name = "twin"\nbase = "{path}"')
    with pytest.raises(UsageError, match="'sngle'"):
        require_understood(load(str(twin)))


@pytest.mark.parametrize(("operator", "rule"), [("CONV_2D", "single"), ("ADD", "none"), ("ADD", "shared-shift")])
def test_what_is_known_is_taken(operator: str, rule: str, tmp_path: Path) -> None:
    require_understood(load(str(written(tmp_path, operator, "int8", rule))))


def test_an_operator_is_not_given_what_it_does_not_know() -> None:
    profile = Profile("mine", rules={("ADD", "int8"): Rule("single", ""), ("SUB", "int8"): Rule("none", "")})
    with pytest.raises(UsageError, match="ADD of int8 has the rule 'single'"):
        Site(profile, ()).rule("ADD", "int8")
    with pytest.raises(UncoveredError, match="mine has no kernel for SUB of int8"):
        Site(profile, ()).rule("SUB", "int8")


def test_what_ships_is_understood_and_a_user_s_is_not_from_sources(tmp_path: Path) -> None:
    for name in NAMES:
        require_understood(load(name))
    assert profile_line(load("gemmlowp")).endswith("(from sources, not checked against the runtime)")
    assert profile_line(load(str(written(tmp_path, "ADD", "int8", "none")))) == (
        "profile my (not checked against the runtime)"
    )
