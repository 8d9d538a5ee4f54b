import io
import sys

import pytest

from intact.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silent_where_nobody_watches(capsys) -> None:
    assert list(progress(iter(range(3)), 3, "calibrate")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_bar_on_a_terminal(monkeypatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert list(progress(range(3), 3, "calibrate")) == [0, 1, 2]
    assert "calibrate" in screen.getvalue()
    assert "3/3" in screen.getvalue()


def test_the_bar_is_gone_before_an_error_is_shown(monkeypatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(ZeroDivisionError):
        for _ in progress(range(3), 3, "calibrate"):
            raise ZeroDivisionError
    shown = screen.getvalue()
    assert shown.rindex("\x1b[?25h") > shown.rindex("calibrate")  # the cursor is back
