"""What the guide says: the texts ``tutorial`` in the reader's language."""

from __future__ import annotations

from DICOMTutorialHelperLib.messages import messages, translate


def message(key: str, language: str, **fields: object) -> str:
    """The text ``key`` with its fields filled in, as ``messages.translate`` does. Raises KeyError for an unknown key."""
    return translate("tutorial", key, language, **fields)


def name_of(item: str, language: str) -> str:
    """The name by which a learner knows a thing the tutorial has a short key for: a series, a layout, a view."""
    return messages("tutorial", language).get(f"name.{item}", item)
