"""The data doctor on hostile and on good sets: each hostile one by its code, no word on a good one."""

import pytest

import intact
from good_sets import GOOD, Good
from hostile_sets import REFUSED, SETS, WARNED, Hostile
from intact.data.doctor.finding import WARNINGS


@pytest.mark.parametrize("case", SETS, ids=lambda case: case.name)
def test_hostile(case: Hostile) -> None:
    found = intact.check_data(case.model(), case.data(), isolate=False)
    by_chance = {"E304"} if case.code == "W311" else set()
    assert {f.code for f in found.findings} - by_chance == {case.code}, [str(f) for f in found.findings]
    severity = "refused" if case.code.startswith("E") else "warning"
    for finding in found.findings:
        if finding.code in by_chance:
            continue
        assert (finding.severity, finding.count > 0) == (severity, True)
        assert finding.text
        assert finding.fix or severity == "refused"


def test_there_are_enough() -> None:
    assert len(SETS) >= 60
    assert len({case.name for case in SETS}) == len(SETS)
    assert {case.code for case in WARNED} == set(WARNINGS)
    assert {case.code for case in REFUSED} == {f"E30{i}" for i in range(1, 7)}


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_good(case: Good) -> None:
    found = intact.check_data(case.model(), case.data(), isolate=False)
    assert [str(f) for f in found.findings] == []
