"""What the panel says, and how an error is told to a learner: ``Resources/Languages/<language>/panel.json``."""

from __future__ import annotations

import logging
from typing import Any

from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.languages import texts
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


def say(key: str, language: str, **fields: Any) -> str:
    """The panel's text ``key`` with its fields filled in. Raises KeyError for an unknown key."""
    text = texts("panel", language)[key]
    return text.format(**fields) if fields else text


def error_sentence(error: BaseException, language: str) -> str:
    """What happened and what to do, for a learner. What nobody foresaw is said to be in the log, where ``log_error`` puts it."""
    if isinstance(error, Cancelled):
        return say("error.cancelled", language)
    if isinstance(error, WorkspaceError):
        return _workspace_sentence(error, language)
    if isinstance(error, DataError):
        return error.sentence(language)
    if isinstance(error, PermissionError):
        return say("error.permission", language, path=error.filename or "?")
    if isinstance(error, FileNotFoundError):
        return say("error.not-found", language, path=error.filename or "?")
    if isinstance(error, OSError):
        return say("error.system", language, detail=error.strerror or str(error))
    if isinstance(error, MemoryError):
        return say("error.memory", language)
    reason = getattr(error, "reason", "")
    if reason and type(error).__name__ == "UnreadableFile":
        return say("error.unreadable", language, path=getattr(getattr(error, "path", None), "name", "?"))
    return say("error.unexpected", language)


def _workspace_sentence(error: WorkspaceError, language: str) -> str:
    """The panel's own reasons are in its own texts; the tutorial's in those of the tutorial."""
    if error.reason in texts("panel", "en"):
        return say(error.reason, language, **error.fields)
    from DICOMTutorialHelperLib.tutorial.messages import sentence

    return sentence(error.reason, language, **error.fields)


def log_error(error: BaseException) -> None:
    """The details, for whoever has to find out why; stopping on request is no error."""
    if isinstance(error, Cancelled):
        logging.info("DICOM Tutorial Helper: cancelled")
    else:
        logging.error(f"DICOM Tutorial Helper: {error}", exc_info=(type(error), error, error.__traceback__))
