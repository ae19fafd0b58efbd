"""What languages call themselves, so that everybody finds theirs."""

from __future__ import annotations

import qt

# Qt names these by a country ("American English") that the tag does not speak of.
_WITHOUT_COUNTRY = {"en": "English", "es": "Español"}


def language_name(language: str) -> str:
    """``Français``, ``Português (Brasil)``: the name of a language tag in that language; the tag where Qt knows none."""
    if language in _WITHOUT_COUNTRY:
        return _WITHOUT_COUNTRY[language]
    locale = qt.QLocale(language)
    name = str(locale.nativeLanguageName())
    if not name or locale.language() == qt.QLocale.C:
        return language
    # The country only where the tag names one that the language's name does not tell already.
    country = _country(locale) if "-" in language and len(name.split()) == 1 else ""
    return f"{name[0].upper()}{name[1:]}" + (f" ({country})" if country else "")


def _country(locale: qt.QLocale) -> str:
    """Qt calls it territory from 6.2 on."""
    name = getattr(locale, "nativeTerritoryName", None) or locale.nativeCountryName
    return str(name())
