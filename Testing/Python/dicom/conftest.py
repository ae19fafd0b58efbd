"""What tests of reading share: pixels in a file, and a folder of two images."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from made_frames import made_instance
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom.instance import Frame, Instance


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Instance]:
    """An instance whose pixels lie in a file, 10 bytes from its beginning: ``stored(bytes, frames, **header)``."""

    def store(
        content,
        frames=1,
        syntax="1.2.840.10008.1.2.1",
        vr="OW",
        length=None,
        keyword="PixelData",
        name="a.dcm",
        window=None,
        **values,
    ):
        path = tmp_path / name
        path.write_bytes(b"\xaa" * 10 + content)
        usual = made_instance(**({"NumberOfFrames": frames} if frames > 1 else {}), **values)
        state = path.stat()
        instance = Instance(
            path,
            usual.values,
            syntax,
            keyword,
            10,
            len(content) if length is None else length,
            state.st_size,
            pixel_vr=vr,
            modified_ns=state.st_mtime_ns,
        )
        rows, columns = usual.values["Rows"], usual.values["Columns"]
        if window:
            rows, columns = window[1]
        for number in range(frames):
            instance.frames.append(Frame(instance, number, rows, columns, window=window[0] if window else None))
        return instance

    return store


@pytest.fixture
def two_images(tmp_path: Path) -> Path:
    """Two images and a text."""
    for uid in ("1.1", "1.2"):
        write(slice_dataset(0, SOPInstanceUID=uid, PatientName="A^é", SpecificCharacterSet="ISO_IR 100"), tmp_path / f"{uid}.dcm")
    (tmp_path / "text").write_text("no DICOM")
    return tmp_path
