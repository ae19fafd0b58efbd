"""What the panel says, and how an error is told to a learner: ``Resources/Languages/<language>/panel.json``."""

from __future__ import annotations

import logging

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.logs import log_failure
from DICOMTutorialHelperLib.messages import translate
from DICOMTutorialHelperLib.progress import Cancelled


def message(key: str, language: str, **fields: object) -> str:
    """The panel's text ``key`` with its fields filled in, as ``messages.translate`` does. Raises KeyError for an unknown key."""
    return translate("panel", key, language, **fields)


def error_message(error: BaseException, language: str) -> str:
    """What happened and what to do, for a learner. What nobody foresaw is said to be in the log, where ``log_error`` puts it."""
    if isinstance(error, Cancelled):
        return message("error.cancelled", language)
    if isinstance(error, HelperError):
        return error.message(language)
    if isinstance(error, PermissionError):
        return message("error.permission", language, path=error.filename or "?")
    if isinstance(error, FileNotFoundError):
        return message("error.not-found", language, path=error.filename or "?")
    if isinstance(error, OSError):
        return message("error.system", language, detail=error.strerror or str(error))
    if isinstance(error, MemoryError):
        return message("error.memory", language)
    return message("error.unexpected", language)


def log_error(error: BaseException) -> None:
    """The details, for whoever has to find out why; stopping on request is no error."""
    if isinstance(error, Cancelled):
        logging.info("DICOM Tutorial Helper: cancelled")
    else:
        log_failure("DICOM Tutorial Helper", error)
