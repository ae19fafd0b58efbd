"""Text folded so that one name written in two ways is one text: case, accents, width, scripts and punctuation do not count."""

from __future__ import annotations

import re
import unicodedata

# Letters that no decomposition turns into Latin ones; Greek and Cyrillic by the sound, so that both writings of a name meet.
_LETTERS = {
    "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t",
    "ə": "a", "ſ": "s", "’": "'", "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e",
    "ж": "zh", "з": "z", "и": "i", "й": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
    "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_TRANSLATION = str.maketrans(_LETTERS)
# Hiragana U+3041 to U+3096 lie 0x60 below katakana.
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ð": "dh", "ş": "sh", "ç": "ch"})
_CAPITAL_INSIDE = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NO_WORD = re.compile(r"[\W_]+")


def fold_accents(text: str) -> str:
    """Lower case, without accents, full width as half width, Greek and Cyrillic in Latin letters, hiragana as katakana."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).translate(_TRANSLATION)
    plain = "".join(one for one in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", plain.translate(_TRANSLATION)).translate(_KATAKANA)


def spellings(text: str) -> set[str]:
    """The folded forms of a name: Müller is muller and mueller, Mueller is also muller."""
    folded = fold_accents(text)
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    forms = {folded, fold_accents(lower.translate(_SPELT_OUT))}
    forms.add(folded.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a"))
    return forms


def words(text: str) -> list[str]:
    """The folded words of a text, numbers apart from letters, a capital letter inside a word beginning a new one."""
    return _WORD.findall(fold_accents(_CAPITAL_INSIDE.sub(" ", text)))


def run_together(text: str) -> str:
    """The folded letters and digits of a text, and nothing between them."""
    return _NO_WORD.sub("", fold_accents(text))


def is_ideographic(text: str) -> bool:
    """Whether a text is written in Han, kana or Hangul, where two characters are a name and no space parts the words."""
    return any(
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xAC00 <= code <= 0xD7A3
        or 0xF900 <= code <= 0xFAFF
        or code > 0x1FFFF
        for code in map(ord, text)
    )
