"""How the command line itself ends, whatever happens in a command, and what it leaves in the program that called it."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import sys
import warnings
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pydicom
import pytest
from printed_text import keys_for_sentences

from DICOMTutorialHelperLib import __main__ as command_line
from DICOMTutorialHelperLib.commands import quick_start
from DICOMTutorialHelperLib.progress import Cancelled


@pytest.fixture
def ended(monkeypatch, capfd):
    """(status, stdout, stderr) of a command that does nothing but ``work``."""

    def end(work, language=None):
        parsed = SimpleNamespace(run=lambda _: work(), lang=language)
        monkeypatch.setattr(command_line, "build_parser", lambda *_: SimpleNamespace(parse_args=lambda _: parsed))
        with keys_for_sentences():
            status = command_line.main(["a command"])
        return status, *capfd.readouterr()

    return end


def raising(error):
    def work():
        raise error

    return work


def test_a_command_has_the_status_that_it_says(ended):
    assert [ended(lambda status=status: status) for status in (0, 1, 2)] == [(0, "", ""), (1, "", ""), (2, "", "")]


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (Cancelled(), 130), (command_line._Terminated(), 143)])
def test_who_stops_a_command_is_told_so(ended, error, status):
    assert ended(raising(error)) == (status, "", "\r[cancelled]\n")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_raised_where_the_command_is(ended, name):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    assert ended(lambda: signal.raise_signal(number)) == (143, "", "\r[cancelled]\n")
    assert signal.getsignal(number) is before


def test_requests_to_end_are_left_to_a_program_that_calls_from_another_thread(ended, monkeypatch):
    def not_here(*_):
        raise ValueError("signal only works in main thread of the main interpreter")

    monkeypatch.setattr(command_line.signal, "signal", not_here)
    assert ended(lambda: 0) == (0, "", "")


@pytest.fixture
def nobody_reads(monkeypatch):
    """stdout that nobody reads: what it was sent last, where it was sent."""
    calls: list[tuple] = []

    def noting(name, result=None):
        return lambda *values: calls.append((name, *values)) or result

    replaced = {"open": noting("open", 77), "dup2": noting("dup2"), "close": noting("close")}
    monkeypatch.setattr(command_line, "os", SimpleNamespace(**{**vars(os), **replaced}))
    return calls


def forgotten():
    """What is done with stdout: what may still come goes nowhere."""
    return [("open", os.devnull, os.O_WRONLY), ("dup2", 77, sys.stdout.fileno()), ("close", 77)]


class TestWhenNothingCanBePrintedAnyMore:
    def test_a_closed_pipe_is_no_fault(self, ended, nobody_reads):
        assert ended(raising(BrokenPipeError(32, "Broken pipe")))[0] == 141
        assert nobody_reads == forgotten()

    def test_a_full_disk_is_told_of_with_the_file(self, ended, nobody_reads):
        status, _, err = ended(raising(OSError(errno.ENOSPC, "No space left on device", "table.csv")))
        assert (status, err) == (1, "\r[error.cannot-write No space left on device table.csv]\n")
        assert nobody_reads == forgotten()

    def test_a_full_disk_without_a_name_is_told_of_too(self, ended, nobody_reads):
        assert ended(raising(OSError(errno.ENOSPC, "No space")))[2] == "\r[error.cannot-write No space -]\n"

    def test_other_errors_are_faults_of_the_program(self, ended, nobody_reads):
        with pytest.raises(OSError, match="Permission denied"):
            ended(raising(OSError(errno.EACCES, "Permission denied")))
        assert nobody_reads == []


def test_warnings_and_pydicoms_log_are_silent_within_a_command_only(ended):
    logger = logging.getLogger("pydicom")
    before = logger.level, list(warnings.filters)

    def work():
        assert not logger.isEnabledFor(logging.CRITICAL)
        warnings.warn("Invalid value for VR PN: 'Doe^Jane'", stacklevel=1)
        return 0

    with warnings.catch_warnings(record=True) as heard:
        assert ended(work) == (0, "", "")
        assert heard == []
    assert (logger.level, list(warnings.filters)) == before


@pytest.mark.skipif(not hasattr(sys, "getdlopenflags"), reason="Windows knows no such flags")
@pytest.mark.parametrize("fails", [True, False])
def test_libraries_look_up_functions_when_they_are_called_while_a_program_imports_alone(monkeypatch, fails):
    monkeypatch.setattr(quick_start.gc, "freeze", lambda: None)
    before = sys.getdlopenflags()
    try:
        with contextlib.suppress(ImportError), quick_start.lasting_imports():
            assert sys.getdlopenflags() == os.RTLD_LAZY
            if fails:
                raise ImportError("slicer")
        assert sys.getdlopenflags() == before
    finally:
        sys.setdlopenflags(before)


@pytest.fixture
def no_finder(monkeypatch):
    """Before the first command: nobody looks after pydicom's downloads, which were not imported yet."""
    kept = [finder for finder in sys.meta_path if not isinstance(finder, quick_start._Finder)]
    monkeypatch.setattr(sys, "meta_path", kept)
    monkeypatch.delitem(sys.modules, quick_start.DOWNLOADS, raising=False)
    return list(kept)


class TestPydicomWithoutRequests:
    def test_one_finder_stands_first_until_it_found_the_module(self, no_finder):
        for _ in range(2):
            quick_start.import_pydicom_without_requests()
        first, *rest = sys.meta_path
        assert rest == no_finder
        assert first.find_spec("pydicom.data") is None and sys.meta_path == [first, *no_finder]
        spec = first.find_spec(quick_start.DOWNLOADS, [f"{pydicom.__path__[0]}/data"])
        assert sys.meta_path == no_finder
        assert spec.name == quick_start.DOWNLOADS and isinstance(spec.loader, quick_start._Loader)

    def test_what_cannot_be_found_is_not_found(self, no_finder):
        quick_start.import_pydicom_without_requests()
        assert sys.meta_path[0].find_spec(quick_start.DOWNLOADS, []) is None

    def test_there_is_no_finder_where_pydicom_is_there_already(self, no_finder, monkeypatch):
        monkeypatch.setitem(sys.modules, quick_start.DOWNLOADS, ModuleType("download"))
        quick_start.import_pydicom_without_requests()
        assert sys.meta_path == no_finder

    @pytest.mark.parametrize("there", [True, False])
    @pytest.mark.parametrize("fails", [True, False])
    def test_requests_are_hidden_from_that_module_alone(self, monkeypatch, there, fails):
        seen = []

        def run(module):
            seen.append((module, sys.modules.get("requests", "nothing")))
            if fails:
                raise ImportError("of something else")

        requests = ModuleType("requests")
        monkeypatch.delitem(sys.modules, "requests", raising=False)
        if there:
            monkeypatch.setitem(sys.modules, "requests", requests)
        loader = quick_start._Loader(SimpleNamespace(exec_module=run, create_module=lambda spec: ("made for", spec)))
        try:
            loader.exec_module("a module")
        except ImportError:
            assert fails
        assert seen == [("a module", requests if there else None)]
        assert sys.modules.get("requests", "nothing") == (requests if there else "nothing")
        spec = ModuleSpec("a", None)
        assert loader.create_module(spec) == ("made for", spec)
