"""Why a call is refused."""

from __future__ import annotations

from DICOMTutorialHelperLib.data.errors import DataError


def reason(call, *arguments, **named):
    """The reason that a call is refused for, None where it is not."""
    try:
        call(*arguments, **named)
    except DataError as error:
        return error.reason
    return None
