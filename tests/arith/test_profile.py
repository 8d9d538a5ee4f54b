"""Profiles as data: the shipped ones are sound, those of users are refused in one line where they are not."""

from pathlib import Path

import pytest

import intact.ops  # noqa: F401 - registers the operators
from intact.arith.profile import NAMES, NONE, RESOLVERS, load
from intact.arith.requantize import RULES as REQUANTIZATIONS
from intact.engines import litert
from intact.errors import UsageError
from intact.ir.op import registry
from intact.ir.site import KERNELS, RULES, allowed


@pytest.mark.parametrize("name", NAMES)
def test_shipped_profiles(name: str) -> None:
    profile = load(name)
    assert profile.name == name
    assert profile.about
    if profile.resolver is not None:
        assert profile.checked, "what is LiteRT is checked here"
    for (operator, kind), rule in profile.rules.items():
        assert operator in registry() or operator in KERNELS, operator
        assert rule.name == NONE or rule.name in allowed(operator, kind), (operator, kind, rule.name)
        assert rule.source


def test_every_rule_that_an_operator_declares_is_one_of_a_runtime() -> None:
    used = {(operator, rule.name) for name in NAMES for (operator, _), rule in load(name).rules.items()}
    declared = {**RULES, **{name: kernel.rules for name, kernel in KERNELS.items()}}
    for operator, rules in declared.items():
        for rule in rules:
            # Each requantization by itself is tested in test_requantize.py.
            assert (operator, rule) in used or rule.removesuffix("-float64") in REQUANTIZATIONS, (operator, rule)


def test_the_most_particular_type_that_is_listed_decides() -> None:
    assert "power-of-two" in allowed("ADD", "int16 power-of-two")
    assert "power-of-two" not in allowed("ADD", "int16")
    assert allowed("FULLY_CONNECTED", "float32 int8") == ["dynamic", "xnnpack-qd8"]
    assert set(allowed("BATCH_MATMUL", "int8 per-channel")) == {"no-scale", "first-scale"}
    assert not allowed("RESHAPE", "int8")


def test_resolvers_are_those_of_litert() -> None:
    assert set(RESOLVERS) == set(litert.RESOLVERS)


def test_every_profile_has_a_rule_wherever_the_reference_has_one() -> None:
    reference = load("litert-reference")
    for name in NAMES:
        for operator, kind in reference.rules:
            assert load(name).rule(operator, kind) is not None


def test_the_most_particular_rule_holds() -> None:
    reference = load("litert-reference")
    assert reference.rule("CONV_2D", "int16 int32-bias", "int16") != reference.rule("CONV_2D", "int16")
    assert reference.rule("CONV_2D", "nothing", "int16") == reference.rule("CONV_2D", "int16")
    assert reference.rule("CONV_2D", "nothing") is None


def test_a_delegate_takes_only_some() -> None:
    xnnpack = load("litert-xnnpack")
    taken, left = xnnpack.rule("CONV_2D", "int8"), xnnpack.rule("CONV_2D", "int8", taken=False)
    assert taken is not None
    assert left == load("litert-optimized").rule("CONV_2D", "int8") != taken


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "it is not TOML"),
        ("", "it has the keys of a profile, and the name ''"),
        ('name = "a"\ncolour = 1', "it has the keys colour"),
        ("name = 3", "name is 3; expected text"),
        ('name = "a"\nbase = "none"', "there is no profile 'none'"),
        ('name = "a"\nbase = "p.toml"', "it builds on itself"),
        ('name = "a"\n[[rule]]\noperators = ["ADD"]', "a rule is"),
        ('name = "a"\n[[rule]]\noperators = "ADD"\ntypes = ["int8"]\nrule = "x"\nsource = "y"', "a rule is"),
        ('name = "a"\nrule = 5', "it has the keys of a profile"),
        ('name = "a"\ndelegate = "yes"', "delegate is 'yes'; expected true or false"),
        (
            'name = "a"\nresolver = "bogus"',
            "there is no resolver 'bogus'; expected one of default, optimized, reference",
        ),
    ],
)
def test_broken_profiles(text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text(text)
    with pytest.raises(UsageError, match=problem):
        load("p.toml")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no profile 'nothing'; expected one of cmsis-nn, gemmlowp"):
        load("nothing")
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path / "none.toml"))
