"""Voxels equal what pydicom gives, with the header's slope and intercept, for every way pixels are stored."""

from __future__ import annotations

import gc
import struct
import tracemalloc

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian, JPEGLSLossless, RLELossless
from synthetic_series import MR, axial_positions, slice_dataset, values_by_pydicom, write, write_series

from DICOMTutorialHelperLib.dicom import frame_reader
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

ROWS, COLUMNS = 5, 4


def voxels_and_truth(folder):
    (series,) = examine_paths([folder]).series
    (candidate,) = series.selected
    stack = candidate.stacks[0]
    truth = np.stack([values_by_pydicom(frame.instance.path) for frame in stack.frames])
    return read_voxels(stack), truth


@pytest.fixture
def opened(monkeypatch):
    """The files that are opened for their pixels, in order."""
    opened, opener = [], frame_reader.PixelFile
    monkeypatch.setattr(frame_reader, "PixelFile", lambda instance: opened.append(instance.path) or opener(instance))
    return opened


def pixels(dtype, seed=0, low=None, high=None):
    info = np.iinfo(dtype)
    low = info.min if low is None else low
    high = info.max if high is None else high
    return np.random.default_rng(seed).integers(low, high, (ROWS, COLUMNS), dtype=dtype, endpoint=True)


def stored(dtype, bits=None, **limits):
    dtype = np.dtype(dtype)
    return {
        "BitsAllocated": dtype.itemsize * 8,
        "BitsStored": bits or dtype.itemsize * 8,
        "HighBit": (bits or dtype.itemsize * 8) - 1,
        "PixelRepresentation": int(dtype.kind == "i"),
        "PixelData": pixels(dtype, **limits).astype(dtype.newbyteorder("<")).tobytes(),
    }


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4"])
def test_integers_of_every_width_stay_integers(tmp_path, dtype):
    write_series(tmp_path, axial_positions(3), sop_class=MR, **stored(dtype))
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype == np.dtype(dtype)
    assert np.array_equal(voxels, truth)


@pytest.mark.parametrize("dtype", ["u8", "i8"])
def test_integers_of_64_bits_become_numbers_that_vtk_can_reslice(tmp_path, dtype):
    """VTK ends the process where it is asked to reslice 64-bit integers; float64 holds these values exactly."""
    write_series(tmp_path, axial_positions(3), sop_class=MR, **stored(dtype, low=0, high=1 << 50))
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype == np.float64
    assert np.array_equal(voxels, truth)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_native_transfer_syntaxes_give_the_same_values(tmp_path, syntax):
    expected = []
    for n, position in enumerate(axial_positions(3)):
        dataset = slice_dataset(n, ImagePositionPatient=list(position))
        expected.append(np.frombuffer(dataset.PixelData, "<u2").reshape(ROWS, COLUMNS))
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = expected[-1].astype(">u2").tobytes()
            dataset["PixelData"].VR = "OW"
        write(dataset, tmp_path / f"{n}.dcm", syntax)
    voxels, truth = voxels_and_truth(tmp_path)
    assert np.array_equal(voxels, truth)
    assert np.array_equal(voxels, expected)


@pytest.mark.parametrize("intercept", [-1024, 0, 7])
def test_hounsfield_units_are_small_integers_where_they_fit(tmp_path, intercept):
    write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=intercept)
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype.itemsize == 2
    assert np.array_equal(voxels, truth)


def test_sixteen_stored_bits_that_use_few_do_not_double_the_memory(tmp_path):
    write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=-1024, **stored("u2", low=0, high=4000))
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype == np.int16
    assert np.array_equal(voxels, truth)


def test_every_file_is_opened_once_also_where_only_the_values_tell_the_type(tmp_path, opened):
    write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=-1024, **stored("u2", low=0, high=4000))
    (series,) = examine_paths([tmp_path]).series
    read_voxels(series.selected[0].stacks[0])
    assert sorted(path.name for path in opened) == ["0000.dcm", "0001.dcm", "0002.dcm"]


def test_a_type_that_turns_out_too_narrow_costs_no_value_and_no_second_volume(tmp_path):
    """The last slice alone needs more than 16 bits; by then the narrow array is let go of."""
    few = stored("u2", low=0, high=4000)
    paths = write_series(tmp_path, axial_positions(4), RescaleSlope=1, RescaleIntercept=-1024, **few)
    last = pydicom.dcmread(paths[-1])
    last.PixelData = pixels("u2", low=60000, high=65535).tobytes()
    last.save_as(paths[-1])
    asked = []

    def allocate(shape, dtype):
        asked.append(dtype)
        return np.empty(shape, dtype)

    (series,) = examine_paths([tmp_path]).series
    stack = series.selected[0].stacks[0]
    voxels = read_voxels(stack, allocate)
    assert asked == [np.int16, np.int32]
    assert np.array_equal(voxels, np.stack([values_by_pydicom(frame.instance.path) for frame in stack.frames]))


def test_sixteen_stored_bits_that_use_all_get_a_wider_type(tmp_path):
    write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=-1024, **stored("u2"))
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype == np.int32
    assert np.array_equal(voxels, truth)


def test_a_modality_table_is_looked_up(tmp_path):
    table = np.arange(16, dtype="<u2")[::-1] * 3
    entry = Dataset()
    entry.add_new("LUTDescriptor", "US", [16, 0, 16])
    entry.ModalityLUTType = "US"
    entry.add_new("LUTData", "OW", table.tobytes())
    stored = np.arange(ROWS * COLUMNS, dtype="<u2").reshape(ROWS, COLUMNS) % 16
    write_series(tmp_path, axial_positions(2), ModalityLUTSequence=[entry], PixelData=stored.tobytes())
    (series,) = examine_paths([tmp_path]).series
    assert np.array_equal(read_voxels(series.candidates[0].stacks[0])[0], table[stored])


def test_every_slice_is_rescaled_with_its_own_slope(tmp_path):
    headers = [{"RescaleSlope": 0.5 + n, "RescaleIntercept": -n} for n in range(3)]
    write_series(tmp_path, axial_positions(3), headers=headers)
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype == np.float32
    assert voxels == pytest.approx(truth, rel=1e-6)


def test_whole_slopes_that_differ_stay_exact_integers(tmp_path):
    write_series(tmp_path, axial_positions(3), headers=[{"RescaleSlope": n + 1, "RescaleIntercept": n} for n in range(3)])
    voxels, truth = voxels_and_truth(tmp_path)
    assert voxels.dtype.kind in "iu"
    assert np.array_equal(voxels, truth)


def test_bits_above_the_stored_ones_are_not_pixels(tmp_path):
    """Overlays of old lie there (PS3.5 8.1.1)."""
    clean = pixels("u2", low=0, high=4095)
    write_series(tmp_path, axial_positions(1), PixelData=(clean | 0x8000).astype("<u2").tobytes())
    (series,) = examine_paths([tmp_path]).series
    assert np.array_equal(read_voxels(series.candidates[0].stacks[0])[0], clean)


def test_signed_values_of_twelve_bits_keep_their_sign(tmp_path):
    values = pixels("i2", low=-2048, high=2047)
    header = {"BitsStored": 12, "HighBit": 11, "PixelRepresentation": 1}
    write_series(tmp_path, axial_positions(1), PixelData=(values & 0x0FFF).astype("<i2").tobytes(), **header)
    (series,) = examine_paths([tmp_path]).series
    assert np.array_equal(read_voxels(series.candidates[0].stacks[0])[0], values)


@pytest.mark.parametrize("planar", [0, 1])
def test_colour_becomes_three_components_last(tmp_path, planar):
    rgb = np.random.default_rng(1).integers(0, 255, (ROWS, COLUMNS, 3)).astype("u1")
    raw = rgb if planar == 0 else np.moveaxis(rgb, -1, 0)
    header = {
        "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": planar,
        "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelData": raw.tobytes(),
    }  # fmt: skip
    write_series(tmp_path, axial_positions(2), **header)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0])
    assert voxels.shape == (2, ROWS, COLUMNS, 3)
    assert np.array_equal(voxels[0], rgb)


def test_a_palette_becomes_the_colours_it_names(tmp_path):
    index = np.arange(ROWS * COLUMNS, dtype="u1").reshape(ROWS, COLUMNS)
    red, green, blue = (np.roll(np.arange(256), shift).astype("<u2") * 256 for shift in (0, 60, 120))
    header = {
        "PhotometricInterpretation": "PALETTE COLOR", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
        "PixelData": index.tobytes(),
    }  # fmt: skip
    for name, table in (("Red", red), ("Green", green), ("Blue", blue)):
        header[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        header[f"{name}PaletteColorLookupTableData"] = table.astype("<u2").tobytes()
    write_series(tmp_path, axial_positions(1), **header)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0])
    assert np.array_equal(voxels[0], np.stack([red[index] >> 8, green[index] >> 8, blue[index] >> 8], axis=-1))


def test_luminance_and_chrominance_become_red_green_and_blue(tmp_path):
    """Grey and pure red, by the equations of PS3.3 C.7.6.3.1.2; eight bits round to within 2."""
    ybr = np.zeros((ROWS, COLUMNS, 3), "u1")
    ybr[:, :2], ybr[:, 2:] = (100, 128, 128), (76, 85, 255)
    header = {
        "SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL", "PlanarConfiguration": 0,
        "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelData": ybr.tobytes(),
    }  # fmt: skip
    write_series(tmp_path, axial_positions(2), **header)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0]).astype(int)
    assert np.abs(voxels[:, :, :2] - (100, 100, 100)).max() <= 2
    assert np.abs(voxels[:, :, 2:] - (255, 0, 0)).max() <= 2


def test_float_pixels_stay_float(tmp_path):
    values = np.random.default_rng(2).normal(size=(ROWS, COLUMNS)).astype("<f4")
    header = {"PixelData": None, "FloatPixelData": values.tobytes(), "BitsAllocated": 32}
    write_series(tmp_path, axial_positions(1), **header)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0])
    assert voxels.dtype == np.float32
    assert np.array_equal(voxels[0], values)


def test_values_of_monochrome1_are_not_turned_round(tmp_path):
    write_series(tmp_path, axial_positions(2), PhotometricInterpretation="MONOCHROME1")
    voxels, truth = voxels_and_truth(tmp_path)
    assert np.array_equal(voxels, truth)


def test_compressed_pixels_are_decoded(tmp_path):
    for path in write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=-1024):
        dataset = pydicom.dcmread(path)
        dataset.compress(RLELossless)
        dataset.save_as(path)
    voxels, truth = voxels_and_truth(tmp_path)
    assert np.array_equal(voxels, truth)


def test_compressed_slices_take_little_more_memory_than_the_volume(tmp_path):
    """numpy tells tracemalloc of every array; every file decoded and kept would be twice the volume."""
    size = {"rows": 128, "columns": 128, "PixelData": pixels_of(128).tobytes()}
    for path in write_series(tmp_path, axial_positions(60), sop_class=MR, **size):
        dataset = pydicom.dcmread(path)
        dataset.compress(RLELossless)
        dataset.save_as(path)
    (series,) = examine_paths([tmp_path]).series
    stack = series.selected[0].stacks[0]
    read_voxels(stack)  # what is imported and remembered once is none of it
    gc.collect()  # nor is what it takes to clear away the garbage of other tests
    tracemalloc.start()
    try:
        # Decoders of pydicom 2 that fail before another does it leave cycles with the frame in them: those are not ours.
        voxels = read_voxels(stack, progress=lambda *_: gc.collect())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.array_equal(voxels[3], pixels_of(128))
    assert peak < 1.3 * voxels.nbytes


def pixels_of(size):
    return np.random.default_rng(5).integers(0, 4096, (size, size)).astype("<u2")


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2"])
def test_the_quickest_decoder_of_jpeg_ls_gives_the_values_that_were_compressed(tmp_path, dtype):
    pytest.importorskip("jpeg_ls", reason="pyjpegls is not installed")
    if not hasattr(Dataset, "pixel_array_options"):
        pytest.skip("pydicom 2 writes no JPEG-LS")
    slope = np.add.outer(np.arange(64), np.arange(64)) - (64 if np.dtype(dtype).kind == "i" else 0)
    header = {**stored(dtype), "rows": 64, "columns": 64, "PixelData": slope.astype(dtype).tobytes()}
    paths = write_series(tmp_path, axial_positions(3), sop_class=MR, **header)
    truth = [pydicom.dcmread(path).pixel_array for path in paths]
    for path in paths:
        dataset = pydicom.dcmread(path)
        dataset.compress(JPEGLSLossless, generate_instance_uid=False)
        dataset.save_as(path)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.selected[0].stacks[0])
    assert voxels.dtype == np.dtype(dtype)
    assert np.array_equal(voxels, truth)


def test_a_slice_of_another_type_than_the_first_of_its_kind_keeps_its_fractions(tmp_path):
    """The fallback decoder gives whole numbers for the first file and fractions for the last."""
    for number in range(3):
        compressed_garbage(tmp_path, number)
    (series,) = examine_paths([tmp_path]).series
    values = {"broken0.dcm": np.int16(7), "broken1.dcm": np.int16(8), "broken2.dcm": np.float32(8.5)}
    voxels = read_voxels(
        series.candidates[0].stacks[0], fallback_decoder=lambda path: np.full((1, ROWS, COLUMNS), values[path.name])
    )
    assert voxels.dtype == np.float32
    assert voxels[:, 0, 0].tolist() == [7, 8, 8.5]


def test_a_file_that_no_decoder_reads_goes_to_the_one_passed_in(tmp_path):
    path = compressed_garbage(tmp_path, 0)
    (series,) = examine_paths([tmp_path]).series
    stack = series.candidates[0].stacks[0]
    with pytest.raises(DecodingError, match=r"broken0\.dcm"):
        read_voxels(stack)
    asked = []

    def elsewhere(where):
        asked.append(where)
        return np.full((1, ROWS, COLUMNS), 42, np.int16)

    assert (read_voxels(stack, fallback_decoder=elsewhere) == 42).all()
    assert asked == [path]


def compressed_garbage(folder, number):
    """JPEG 2000 data that says the right size and ends there."""
    dataset = slice_dataset(number, ImagePositionPatient=[0, 0, 2 * number])
    size = struct.pack(">HH8LH3B", 41, 0, COLUMNS, ROWS, 0, 0, COLUMNS, ROWS, 0, 0, 1, 15, 1, 1)
    dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + size])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return write(dataset, folder / f"broken{number}.dcm", "1.2.840.10008.1.2.4.90")


def test_missing_slices_hold_the_padding_value(tmp_path):
    positions = axial_positions(8)
    del positions[4]
    write_series(tmp_path, positions, RescaleSlope=1, RescaleIntercept=-1024, PixelPaddingValue=24)
    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0])
    assert (voxels[4] == 24 - 1024).all()


def test_a_truncated_file_gives_what_it_has(tmp_path):
    paths = write_series(tmp_path, axial_positions(4), RescaleSlope=1, RescaleIntercept=-1024)
    whole = values_by_pydicom(paths[2])
    paths[2].write_bytes(paths[2].read_bytes()[: -2 * COLUMNS * 2])
    (series,) = examine_paths([tmp_path]).series
    (candidate,) = series.candidates
    (finding,) = candidate.findings
    assert (finding.code, finding.evidence["files"], finding.evidence["percent"]) == ("truncated-pixel-data", ["0002.dcm"], 40.0)
    assert (finding.severity, candidate.confidence) == ("warning", 0.6)
    voxels = read_voxels(candidate.stacks[0])
    assert np.array_equal(voxels[2][:-2], whole[:-2])
    assert len(np.unique(voxels[2][-2:])) == 1


def test_files_of_which_most_are_truncated_are_an_error(tmp_path):
    for path in write_series(tmp_path, axial_positions(4))[:3]:
        path.write_bytes(path.read_bytes()[:-8])
    (series,) = examine_paths([tmp_path]).series
    (candidate,) = series.candidates
    assert candidate.has_error
    assert candidate.confidence < 0.5


def test_a_deflated_file_is_read_and_a_damaged_one_is_named(tmp_path):
    for n, position in enumerate(axial_positions(3)):
        write(slice_dataset(n, ImagePositionPatient=list(position)), tmp_path / f"{n}.dcm", DeflatedExplicitVRLittleEndian)
    voxels, truth = voxels_and_truth(tmp_path)
    assert np.array_equal(voxels, truth)
    damaged = bytearray((tmp_path / "1.dcm").read_bytes())
    damaged[-200:-150] = b"\xff" * 50
    (tmp_path / "1.dcm").write_bytes(damaged)
    (file,) = examine_paths([tmp_path]).skipped
    assert (file.path.name, file.finding.code) == ("1.dcm", "unreadable-file")


def test_voxels_are_written_into_the_memory_that_is_handed_over(tmp_path):
    write_series(tmp_path, axial_positions(3), RescaleSlope=1, RescaleIntercept=-1024)
    handed_over = []

    def allocate(shape, dtype):
        handed_over.append(np.zeros(shape, dtype))
        return handed_over[-1]

    (series,) = examine_paths([tmp_path]).series
    voxels = read_voxels(series.candidates[0].stacks[0], allocate)
    assert voxels is handed_over[0]
    assert len(handed_over) == 1
