"""Text in the pixels of an image, as some devices burn it in."""

from __future__ import annotations

import numpy as np

# Letters of five by seven dots, one number a row, the highest bit on the left.
_LETTERS = {
    " ": (0, 0, 0, 0, 0, 0, 0),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "O": (14, 17, 17, 17, 17, 17, 14),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30),
    "T": (31, 4, 4, 4, 4, 4, 4),
}


def burn_in(image: np.ndarray, text: str, value: int) -> None:
    """Write text into the upper left corner of an image in place; raises KeyError for a letter that is not drawn here."""
    letters = [[[row >> bit & 1 for bit in (4, 3, 2, 1, 0)] + [0] for row in _LETTERS[letter]] for letter in text]
    dots = np.hstack([np.array(letter, bool) for letter in letters])
    scale = max(1, image.shape[1] // 256)
    dots = np.kron(dots, np.ones((scale, scale), bool)).astype(bool)
    corner = image[4 * scale : 4 * scale + dots.shape[0], 4 * scale : 4 * scale + dots.shape[1]]
    corner[dots[: corner.shape[0], : corner.shape[1]]] = value
