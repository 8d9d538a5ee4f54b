"""What the data doctor says beside its codes, and what its checks leave alone."""

import re
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

import doctor_models as models
import intact
from doctor_models import as_bytes, pictures, tinted
from hostile_sets import photos, rng, rows
from intact.data import open_samples
from intact.data.described import ImageInput
from intact.data.described_model import keep_described
from intact.data.doctor.check import Subject
from intact.data.doctor.examine import QUICK, THOROUGH, examine
from intact.data.doctor.finding import MOST_NAMED, WARNINGS, Finding
from intact.data.doctor.leading import leading
from intact.data.doctor.pictures import Layout, layout, neighbours, roughness
from intact.errors import DataError
from intact.ir.graph import Buffer
from intact.ir.model import Metadata, Model
from intact.ir.port import input_names, ports


def test_a_finding_in_words() -> None:
    stack = photos(12)
    stack[[2, 5]] = 0
    (finding,) = intact.check_data(models.square_pictures(), stack, isolate=False).findings
    assert str(finding) == (
        "samples[2], samples[5]: input 'x': 2 samples are constant, such as 0 throughout: nothing is in them to "
        "calibrate on. Leave them out, and look at how they were made. [W301]"
    )
    assert finding.as_dict()["samples"] == ["samples[2]", "samples[5]"]


def test_the_first_samples_are_named_and_all_counted() -> None:
    stack = photos(40)
    stack[4:30] = np.nan
    (finding,) = intact.check_data(models.square_pictures(), stack, isolate=False).findings
    assert (finding.code, finding.count, len(finding.samples)) == ("E304", 26, MOST_NAMED)
    assert finding.where.endswith("samples[11] and 18 more")


def test_what_is_refused_can_be_raised() -> None:
    stack = photos(40)
    stack[7, 1, 2, 0] = np.inf
    with pytest.raises(DataError, match=r"samples\[7\]: .* 1 of 1728 numbers is NaN or infinite.*E304"):
        intact.check_data(models.of_units(), stack, refuses=True, isolate=False)


def test_nothing_but_refused_samples() -> None:
    found = intact.check_data(models.centring(), photos(9) * np.nan, isolate=False)
    assert [(f.code, f.count) for f in found.findings] == [("E304", 9)]


def test_every_code_has_one_meaning() -> None:
    assert len(set(WARNINGS.values())) == len(WARNINGS)
    assert Finding("W301", "x", "t", "f").severity == "warning"
    assert Finding("E304", "x", "t", "f").severity == "refused"


def test_quick_checks_leave_the_whole_network_alone() -> None:
    assert set(QUICK) < set(THOROUGH)
    few = photos(3)
    (found,) = intact.check_data(models.of_units(), few, isolate=False).findings
    assert found.code == "W309"
    assert re.fullmatch(
        r"too few samples: there (is|are) \d: one more would lie outside about \d+% of the ranges (it gives|they give)",
        found.text,
    )
    assert intact.check_data(models.of_units(), few, quick=True, isolate=False).findings == ()


@pytest.mark.parametrize("code", ["W301", "W302", "W303", "W305", "W307"])
def test_the_order_of_samples_does_not_matter(code: str) -> None:
    spoilt = {
        "W301": lambda s: np.concatenate([s, 0 * s[:1]]),
        "W302": lambda s: np.concatenate([s, s[:1]]),
        "W303": as_bytes,
        "W305": lambda s: np.ascontiguousarray(s.transpose(0, 3, 1, 2)).reshape(s.shape),
        "W307": lambda s: rng().random(s.shape, np.float32),
    }[code](photos())
    for stack in (spoilt, spoilt[::-1], rng(3).permutation(spoilt)):
        assert {f.code for f in intact.check_data(models.of_units(), stack, quick=True, isolate=False).findings} == {
            code
        }


def test_memory_does_not_grow_with_the_samples() -> None:
    model = models.square_pictures()
    given = ports(input_names(model, model.main))
    peaks = []
    for count in (64, 1024):
        few = photos(16)
        samples = open_samples([few[i % 16] + np.float32(i) * 1e-5 for i in range(count)], given)
        tracemalloc.start()
        examine(model, model.main, samples)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1024 * 512, "what is remembered of a sample is its digest"


def test_where_colours_cannot_be_told() -> None:
    def notes(model: intact.Model, data: np.ndarray) -> list[str]:
        return [n.partition("cannot be told: ")[2] for n in intact.check_data(model, data, isolate=False).notes]

    assert notes(models.colours(), tinted(12)) == ["that takes at least 16 samples"]
    assert notes(models.square_pictures(), photos()) == [
        "the network ends in no softmax whose certainty could be compared"
    ]
    assert notes(models.caffe(), as_bytes(photos()[..., ::-1]))[0].startswith("the network")
    assert notes(models.features(), rows()) == []


def test_constants_that_come_first() -> None:
    said = {
        name: leading(getattr(models, name)().main.inputs[0])
        for name in ("rescaling", "caffe", "centring", "of_units", "first")
    }
    assert str(said["rescaling"]) == "x * 0.007843 - 1 (MUL, SUB)"
    assert (said["rescaling"].expects_bytes, said["rescaling"].expects_units) == (True, False)
    assert (said["caffe"].expects_bytes, said["caffe"].expects_units) == (True, False)
    assert (said["centring"].expects_bytes, said["centring"].expects_units) == (False, True)
    assert said["of_units"] is None
    assert said["first"] is None


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 24, 32, 3), Layout(24, 32, 3, first=False)),
        ((1, 3, 24, 32), Layout(24, 32, 3, first=True)),
        ((24, 32, 1), Layout(24, 32, 1, first=False)),
        ((8, 9, 10, 4), Layout(9, 10, 4, first=False)),
        ((1, 128, 3), None),
        ((1, 3, 3, 3), None),
        ((1, 32, 32, 16), None),
        ((1, 640), None),
        ((), None),
    ],
)
def test_what_is_a_picture(shape: tuple[int, ...], expected: Layout | None) -> None:
    assert layout(shape) == expected


def test_measures_of_noise_and_pictures() -> None:
    # The mean difference of two normal numbers is 2 / sqrt(pi); that of 37,000 pairs is within a hundredth of it.
    noise = rng().normal(0, 1, (1, 128, 96, 3))
    assert roughness(noise) == pytest.approx(2 / np.sqrt(np.pi), abs=0.05)
    assert abs(neighbours(noise, 1)) < 0.03
    picture = pictures(1, 128, 96, 3)
    assert roughness(picture) < 0.2
    assert neighbours(picture, 2) > 0.9
    assert neighbours(np.ones((1, 9, 9, 1)), 1) == 0


def test_a_subject_knows_its_inputs() -> None:
    model = models.streaming()
    subject = Subject(model, model.main, ports(input_names(model, model.main)), 1)
    assert list(subject.inputs) == ["frame", "state"]
    assert [p.name for p in subject.real] == ["frame", "state"]


def described(mean: float, std: float) -> Model:
    """A network to which all scales are the same, with metadata."""
    model = models.square_pictures().clone()
    keep_described(model, model.main, {"x": ImageInput(mean, std)})
    return model


@pytest.mark.parametrize(
    ("mean", "std", "data", "code"),
    [
        (127.5, 127.5, as_bytes, "W303"),
        (0, 255, as_bytes, "W303"),
        (127.5, 127.5, lambda unit: 2 * unit - 1, None),
        (0, 1, lambda unit: unit, None),  # what is left unsaid
        (110, 1, lambda unit: unit, "W304"),
        (110, 1, lambda unit: as_bytes(unit) - 110, None),
    ],
)
def test_what_metadata_say(mean: float, std: float, data: Callable[[np.ndarray], np.ndarray], code: str | None) -> None:
    found = intact.check_data(described(mean, std), data(photos()), isolate=False).findings
    assert [f.code for f in found] == ([code] if code else [])
    assert all(f"its metadata say real = (pixel - {mean:g}) / {std:g}" in f.text for f in found)


def test_damaged_metadata_say_nothing() -> None:
    model = described(127.5, 127.5)
    model.metadata = [Metadata(m.name, Buffer(m.buffer.data[:20])) for m in model.metadata]
    assert intact.check_data(model, as_bytes(photos()), isolate=False).findings == ()
