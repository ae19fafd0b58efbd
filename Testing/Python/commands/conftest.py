"""What tests of commands share: a quiet place, and a library that only notes what it is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def quiet_place(monkeypatch, tmp_path):
    """An empty folder and a terminal 100 columns wide."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def calls(monkeypatch):
    """What the library was asked for; ``calls.answer(module, name, result)`` replaces one of its functions."""
    asked: list[tuple] = []

    def answer(module, name, result=None):
        def replaced(*values, **named):
            # Functions that tell progress are all alike here.
            shown = ["progress" if callable(value) else value for value in values]
            asked.append((name, *shown, *named.items()))
            if isinstance(result, BaseException):
                raise result
            return result(*values) if callable(result) else result

        monkeypatch.setattr(module, name, replaced)

    return SimpleNamespace(asked=asked, answer=answer)
