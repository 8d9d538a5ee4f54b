"""Recipe files: what they may say, and what is said of those that are broken."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intact
from intact.ir.types import DType
from intact.quantizer.recipe import RECIPES, Recipe
from intact.quantizer.recipe_file import open_recipe
from intact.quantizer.scope import Place


def read(folder: Path, text: str, name: str = "mine.yaml") -> Recipe:
    path = folder / name
    path.write_text(text)
    return open_recipe(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(intact.IntactError) as caught:
        read(folder, text)
    assert caught.value.code in {"E003", "E406"}
    message = str(caught.value)
    assert message.startswith(f"{folder / 'mine.yaml'}: ")
    return message.removeprefix(f"{folder / 'mine.yaml'}: ")


SCOPED = """
recipe: int8
observer: percentile
scopes:
  - operator: [softmax, LOGISTIC]
    recipe: float
  - name: "head/*"
    index: [3, 5-7]
    graph: 0
    recipe: weight-only-int4-block32
    block_size: 64
    observer: mse
  - index: 2
    per_channel: false
"""


def test_a_file_is_a_base_and_scopes(tmp_path: Path) -> None:
    recipe = read(tmp_path, SCOPED)
    assert (recipe.name, recipe.observer, recipe.base) == (
        str(tmp_path / "mine.yaml"),
        "percentile",
        RECIPES["int8"].base,
    )
    first, second, third = recipe.scopes
    assert first.operators == ("softmax", "LOGISTIC")
    assert first.treatment.kind == "float"
    assert (second.patterns, second.indices, second.graph) == (("head/*",), ((3, 3), (5, 7)), 0)
    assert (second.treatment.weight, second.treatment.block_size, second.observer) == (DType.INT4, 64, "mse")
    assert second.label == "name 'head/*', index [3, '5-7'], graph 0"
    assert (third.treatment.kind, third.treatment.per_channel) == ("int8", False), "the rest is as the base has it"
    assert recipe.needs_ranges


def test_json_is_yaml_too(tmp_path: Path) -> None:
    data = {"recipe": "dynamic-range", "asymmetric_inputs": False, "min_elements": 1, "scopes": []}
    recipe = read(tmp_path, json.dumps(data), "mine.json")
    assert (recipe.base.asymmetric_inputs, recipe.base.min_elements) == (False, 1)
    assert not recipe.needs_ranges


def test_json_may_be_indented_by_tabs(tmp_path: Path) -> None:
    data = {"recipe": "int8", "scopes": [{"operator": "SOFTMAX", "recipe": "float"}]}
    assert len(read(tmp_path, json.dumps(data, indent="\t"), "mine.json").scopes) == 1
    for text, problem in (
        ('{"recipe": "int8",}', "line 1, column 19: Expecting property name"),
        ('{"recipe": "int8",\n"recipe": "int8"}', "the key 'recipe' is there twice"),
        ("recipe: int8", "line 1, column 1: Expecting value"),
    ):
        with pytest.raises(intact.QuantError, match=problem):
            read(tmp_path, text, "mine.json")


def test_names_files_and_recipes_are_taken_alike(tmp_path: Path) -> None:
    assert open_recipe("uint8") is RECIPES["uint8"]
    assert open_recipe(RECIPES["uint8"]) is RECIPES["uint8"]
    recipe = read(tmp_path, "recipe: uint8")
    assert open_recipe(str(tmp_path / "mine.yaml")) == recipe
    (tmp_path / "plain").write_text("recipe: uint8")
    assert open_recipe(str(tmp_path / "plain")).base == RECIPES["uint8"].base


def test_all_selectors_of_a_scope_hold_at_once_and_each_has_choices(tmp_path: Path) -> None:
    scope = read(tmp_path, SCOPED).scopes[1]
    assert scope.matches(Place("ADD", ("body/x", "head/x"), 6))
    assert not scope.matches(Place("ADD", ("head/x",), 4))
    assert not scope.matches(Place("ADD", ("HEAD/x",), 6)), "names are told apart by their case"
    assert not scope.matches(Place("ADD", ("head/x",), 6, graph=1))
    by_index = read(tmp_path, SCOPED).scopes[2]
    assert not by_index.matches(Place("ADD", ("x",), 2, graph=1)), "indices alone count in the first graph"


KEYS = "recipe, per_channel, weight, weight_observer, block_size, min_elements, asymmetric_inputs, observer"
NAMES = ", ".join(RECIPES)
YAML = "expected a recipe: YAML or JSON. docs/recipes.md shows some. [E406]"
SPAN = "expected a number such as 3, a span such as 3-7, or a list of them. [E406]"
BROKEN = [
    ("recipe: int9", f"there is no recipe 'int9'; expected one of {NAMES}. Perhaps 'int8' is meant. [E003]"),
    ("recipe: no", "recipe is False; expected a name. [E406]"),
    ("recipe:", "recipe is empty; expected a name. [E406]"),
    ("observer: mse", f"the key 'recipe' is missing; expected recipe: one of {NAMES}. [E406]"),
    ("", f"it is empty; expected keys and values: {KEYS}, scopes. [E406]"),
    ("int8", f"it is 'int8'; expected keys and values: {KEYS}, scopes. [E406]"),
    ("recipe: int8\nrecipe: uint8", f"line 2, column 1: the key 'recipe' is there twice; {YAML}"),
    ('{"recipe": "int8", "recipe": "int8"}', f"line 1, column 20: the key 'recipe' is there twice; {YAML}"),
    ("recipe: [", f"line 1, column 10: expected the node content, but found '<stream end>'; {YAML}"),
    ("recipe: int8\n\trecipe", f"line 2, column 1: found character '\\t' that cannot start any token; {YAML}"),
    ("[" * 5000, f"it is nested too deeply; {YAML}"),
    (
        "recipe: !!python/name:os.system ''",
        (
            "line 1, column 9: could not determine a constructor for the tag "
            f"'tag:yaml.org,2002:python/name:os.system'; {YAML}"
        ),
    ),
    ("&a [*a]", f"it is [[[...]]]; expected keys and values: {KEYS}, scopes. [E406]"),
    ("recipes: int8", f"there is no key 'recipes'; expected one of {KEYS}, scopes. Perhaps 'recipe' is meant. [E406]"),
    ("recipe: int8\n1: 2", f"there is no key 1; expected one of {KEYS}, scopes. [E406]"),
    (
        "recipe: int8\nobserver: percentil",
        (
            "there is no observer 'percentil'; expected one of entropy, min-max, "
            "moving-average, mse, percentile, record-percentile. Perhaps 'percentile' is meant. [E003]"
        ),
    ),
    ("recipe: int8\nper_channel: 'true'", "per_channel is 'true'; expected true or false. [E406]"),
    (
        "recipe: uint8\nper_channel: false",
        (
            "per_channel means nothing for uint8; expected a recipe of the kind int8 or int16x8 or dynamic-range or "
            "weight-only. [E406]"
        ),
    ),
    ("recipe: int8\nweight: int4", "weight means nothing for int8; expected a recipe of the kind weight-only. [E406]"),
    ("recipe: weight-only\nweight: int3", "weight is 'int3'; expected int8 or int4. [E406]"),
    ("recipe: weight-only\nblock_size: 1", "block_size is 1; expected an integer, 2 or more. [E406]"),
    ("recipe: weight-only\nblock_size: 32.0", "block_size is 32.0; expected an integer, 2 or more. [E406]"),
    (
        "recipe: weight-only\nblock_size: 32\nper_channel: false",
        "block_size is given with per_channel false; expected one of the two: blocks are parts of channels. [E406]",
    ),
    ("recipe: float16\nmin_elements: 0", "min_elements is 0; expected an integer, 1 or more. [E406]"),
    ("recipe: float16\nmin_elements: true", "min_elements is True; expected an integer, 1 or more. [E406]"),
    ("recipe: int8\nscopes: {}", "scopes is {}; expected a list. [E406]"),
    (
        "recipe: int8\nscopes: [3]",
        f"scope 1: it is 3; expected keys and values: operator, name, index, graph, {KEYS}. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{recipe: float}]",
        "scope 1: it selects no operator; expected one or more of operator, name, index. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{graph: 1, recipe: float}]",
        "scope 1: it selects no operator; expected one or more of operator, name, index. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{index: 1}]",
        f"scope 1: it says nothing about its operators; expected one or more of {KEYS}. [E406]",
    ),
    ("recipe: int8\nscopes: [{index: 1, recipe: float}, {index: x, recipe: float}]", f"scope 2: index is 'x'; {SPAN}"),
    ("recipe: int8\nscopes: [{index: -1, recipe: float}]", f"scope 1: index is -1; {SPAN}"),
    ("recipe: int8\nscopes: [{index: 1.5, recipe: float}]", f"scope 1: index is 1.5; {SPAN}"),
    ("recipe: int8\nscopes: [{index: [], recipe: float}]", f"scope 1: index is an empty list; {SPAN}"),
    (
        "recipe: int8\nscopes: [{index: 7-3, recipe: float}]",
        "scope 1: index is '7-3'; expected a span that ends no earlier than it begins. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{name: '', recipe: float}]",
        "scope 1: name is ''; expected text, or a list of texts. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{name: [3], recipe: float}]",
        "scope 1: name is 3; expected text, or a list of texts. [E406]",
    ),
    (
        "recipe: int8\nscopes: [{operatr: ADD, recipe: float}]",
        (
            f"scope 1: there is no key 'operatr'; expected one of operator, name, index, graph, {KEYS}. "
            "Perhaps 'operator' is meant. [E406]"
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_broken_file_is_refused_by_name(text: str, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text) == message


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b", b"x" * (1 << 21), b"TFL3\x1c\0\0\0"])
def test_what_is_no_text_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(intact.QuantError, match=r"it is no text of YAML or JSON; expected a recipe"):
        open_recipe(path)


def test_a_bomb_of_aliases_is_a_short_message(tmp_path: Path) -> None:
    lines = [
        "a0: &a0 [x, x]",
        *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 60)),
        "recipe: *a59",
    ]
    assert len(refusal(tmp_path, "\n".join(lines))) < 300


def test_what_is_no_recipe_at_all() -> None:
    with pytest.raises(intact.UsageError, match=r"/nowhere/mine.yaml: does not exist; expected a file\. \[E001\]"):
        open_recipe("/nowhere/mine.yaml")
    with pytest.raises(intact.UsageError, match=r"there is no recipe 'unit8'; .* Perhaps 'uint8' is meant\. \[E003\]"):
        open_recipe("unit8")
    with pytest.raises(intact.UsageError, match="a int was given; expected a recipe's name, a file, or a Recipe"):
        open_recipe(8)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["int8", "float", "ADD", "3-4", "*", "mse"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["recipe", "scopes", "operator", "name", "index", "observer", "graph"]), inner
        )
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_any_plain_data_is_a_recipe_or_refused(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn.json"
    path.write_text(json.dumps(data))
    try:
        assert isinstance(open_recipe(path), Recipe)
    except intact.IntactError as fault:
        assert fault.code in {"E003", "E406"}
