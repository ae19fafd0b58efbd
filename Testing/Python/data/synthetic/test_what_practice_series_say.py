"""What practice series say in their headers and hold in their pixels, element by element, against a table that was read.

The table, ``practice_series.json`` beside this file, was read through when it was written: geometry, units, codes and the modules
of PS3.3. A change that is meant is written into it with

    python Testing/Python/data/synthetic/test_what_practice_series_say.py

and its difference read line by line. UIDs are left out, and the drawing is held by its statistics alone, to a fiftieth.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

TABLE = Path(__file__).with_name("practice_series.json")
SETS = ("torso-ct", "breast-mri", "breast-mri-sagittal", "examples")
NUMBERS = ("DS", "FD", "FL", "IS", "SL", "SS", "UL", "US")
# What changes with the version of this project and of highdicom.
BY_VERSION = ("SoftwareVersions", "ContributingEquipmentSequence")
LEFT_OUT = ("UI", "OB", "OW", "OF", "UN")


def elements(dataset: Dataset, path: str = "") -> list[tuple[str, Any]]:
    """(path of keywords, value) of every element; items of one sequence share a path."""
    found = []
    for element in dataset:
        if element.keyword in BY_VERSION:
            continue
        name = path + (element.keyword or str(element.tag))
        if element.VR == "SQ":
            found.append((f"{name} items", len(element.value)))
            for item in element.value:
                found += elements(item, f"{name} > ")
        elif element.VR not in LEFT_OUT:
            values = element.value if element.VM > 1 else [element.value]
            if element.VR in NUMBERS and element.VM:
                found += [(f"{name}[{n}]", round(float(value), 4)) for n, value in enumerate(values)]
            else:
                found.append((name, "\\".join(str(value) for value in values if value is not None)))
    return found


def described(files: list[Path]) -> dict[str, dict[str, Any]]:
    """Series number -> element -> its value, or how many there are, the first and the last in order."""
    series: dict[str, dict[str, list[Any]]] = {}
    pixels: dict[str, list[np.ndarray]] = {}
    for file in files:
        dataset = pydicom.dcmread(file)
        name = f"{dataset.Modality} {dataset.SeriesNumber}"
        if "PixelData" in dataset:
            pixels.setdefault(name, []).append(dataset.pixel_array)
        for path, value in elements(dataset):
            series.setdefault(name, {}).setdefault(path, []).append(value)
    told: dict[str, dict[str, Any]] = {}
    for name, by_path in series.items():
        told[name] = {path: summary(values) for path, values in by_path.items()}
        told[name]["instances"] = len(by_path["Modality"])
        if name in pixels:
            values = np.stack(pixels[name]).astype(float)
            told[name]["pixel shape"] = list(values.shape)
            told[name]["pixel statistics"] = [round(float(f(values)), 2) for f in (np.min, np.mean, np.std, np.max)]
    return told


def summary(values: list[Any]) -> Any:
    distinct = sorted(set(values))
    return (
        distinct[0] if len(distinct) == 1 else {"of": len(values), "values": len(distinct), "ends": [distinct[0], distinct[-1]]}
    )


def all_described(folder: Path) -> dict[str, Any]:
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    return {name: described(make_practice_set(name, folder / name)) for name in SETS}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    pytest.importorskip("highdicom", reason="highdicom, which makes two of the examples, is not installed")
    return all_described(tmp_path_factory.mktemp("practice"))


@pytest.fixture(scope="module")
def table():
    return json.loads(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_series_are_those_of_the_table(said, table, name):
    assert said[name].keys() == table[name].keys()


@pytest.mark.parametrize("name", SETS)
def test_headers_say_what_the_table_says(said, table, name):
    for series, told in table[name].items():
        differing = {
            path: (said[name][series].get(path), told.get(path))
            for path in said[name][series].keys() | told.keys()
            if path != "pixel statistics" and said[name][series].get(path) != told.get(path)
        }
        assert differing == {}, series


@pytest.mark.parametrize("name", SETS)
def test_pixels_have_the_range_mean_and_spread_of_the_table(said, table, name):
    for series, told in table[name].items():
        if "pixel statistics" in told:
            assert said[name][series]["pixel statistics"] == pytest.approx(told["pixel statistics"], rel=0.02, abs=0.02), series


if __name__ == "__main__":
    import tempfile

    sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "DICOMTutorialHelper"))
    with tempfile.TemporaryDirectory() as made:
        told = all_described(Path(made))
    lines = json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True)
    TABLE.write_text(lines.replace("\n    ", " ").replace("\n   ]", " ]") + "\n", encoding="utf-8")
