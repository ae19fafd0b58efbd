"""Why data could not be got, made or read."""

from __future__ import annotations

from DICOMTutorialHelperLib.errors import HelperError


class DataError(HelperError):
    """``reason`` is the key ``error.<reason>`` of the texts ``datasets``."""

    domain = "datasets"
