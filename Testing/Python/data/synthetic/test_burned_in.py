"""Letters that are burned into images."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.burned_in import burn_in

LETTERS = {
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "C": (".###.", "#...#", "#....", "#....", "#....", "#...#", ".###."),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "I": (".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "O": (".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "P": ("####.", "#...#", "#...#", "####.", "#....", "#....", "#...."),
    "R": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),
    "S": (".####", "#....", "#....", ".###.", "....#", "....#", "####."),
    "T": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."),
    " ": (".....",) * 7,
}


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(("width", "scale"), [(128, 1), (511, 1), (512, 2), (1024, 4)])
def test_a_letter_is_burned_in_as_it_is_drawn_at_the_size_of_the_image(letter, width, scale):
    image = np.zeros((64, width), np.uint16)
    burn_in(image, letter, 3000)
    drawn = np.array([[dot == "#" for dot in row] for row in LETTERS[letter]])
    expected = np.zeros_like(image)
    expected[4 * scale : 11 * scale, 4 * scale : 9 * scale] = np.repeat(np.repeat(drawn, scale, 0), scale, 1) * 3000
    assert np.array_equal(image, expected)


def test_letters_follow_each_other_with_a_dot_between_and_end_with_the_image():
    image = np.full((8, 14), 7, np.uint16)
    burn_in(image, "EI", 1)
    assert ["".join("#" if value == 1 else "." for value in row) for row in image[4:]] == [
        "....#####..###",
        "....#.......#.",
        "....#.......#.",
        "....####....#.",
    ]
    assert (image[:4] == 7).all()


def test_a_letter_that_is_not_drawn_is_refused():
    with pytest.raises(KeyError):
        burn_in(np.zeros((20, 20)), "Q", 1)
