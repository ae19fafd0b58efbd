"""Who reads what is timed, each as a function that prepares (imports, lists files) and gives the work that is timed.

As a program (``contestants.py NAME PATH [ARGUMENT ...]``) it does the work once, in a process of its own, and prints a line of
JSON: seconds of wall clock and of CPU, megabytes that the peak of memory grew by, or ``left_out`` with the reason.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], Any]
LIBRARY = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper"
BUFFER_BYTES = 8 << 20
PROCESS_STATUS = Path("/proc/self/status")
# Elements that every reader of series needs: what pydicom is asked for beside.
TAGS = (
    "SOPClassUID SOPInstanceUID SeriesInstanceUID StudyInstanceUID PatientID Modality InstanceNumber ImagePositionPatient "
    "ImageOrientationPatient PixelSpacing Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation RescaleSlope "
    "RescaleIntercept AcquisitionNumber AcquisitionTime TriggerTime TemporalPositionIdentifier EchoTime ImageType WindowCenter"
).split()


class LeftOut(Exception):
    """A contestant that is not on this machine, or does not read this; the message says why."""


def _module(name: str) -> Any:
    try:
        return __import__(name, fromlist=["_"])
    except ImportError as error:
        raise LeftOut(f"{name} is not installed") from error


def _files(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


# --- how fast it can be at all


def raw_read(folder: Path) -> Work:
    """The bytes of all files into one buffer."""
    files, buffer = _files(folder), bytearray(BUFFER_BYTES)

    def work() -> None:
        for path in files:
            with open(path, "rb", buffering=0) as file:
                while file.readinto(buffer):
                    pass

    return work


def _stacks(folder: Path) -> list[Any]:
    from DICOMTutorialHelperLib.dicom.examine import examine_paths

    series = examine_paths([folder]).series
    return [stack for one in series for candidate in one.selected for stack in candidate.stacks]


def _read_stacks(stacks: list[Any], read: Callable[..., Any]) -> list[Any]:
    """All stacks as ``load`` reads them: in threads where that helps."""
    from DICOMTutorialHelperLib.dicom.decoding_threads import DecodingThreads
    from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
    from DICOMTutorialHelperLib.dicom.stacks_in_threads import read_stacks

    with DecodingThreads() as threads:
        reader = FrameReader(pool=threads)
        reader.expect(frame for stack in stacks for frame in stack.frames)
        return read_stacks(stacks, read, reader)


def _pixels_straight(folder: Path, allocate: Callable[..., Any]) -> Work:
    """Native pixels to where they belong and nothing else: where they lie is known before."""
    import numpy as np

    stacks = _stacks(folder)
    if any(frame.instance.pixel_offset is None for stack in stacks for frame in stack.frames):
        raise LeftOut("the pixels are compressed")

    def work() -> list[Any]:
        volumes = []
        for stack in stacks:
            first = stack.frames[0]
            volume = allocate((len(stack.frames), first.rows, first.columns), np.dtype(f"i{first.get('BitsAllocated') // 8}"))
            for k, frame in enumerate(stack.frames):
                with open(frame.instance.path, "rb", buffering=0) as file:
                    file.seek(frame.instance.pixel_offset + frame.number * volume[k].nbytes)
                    file.readinto(volume[k].reshape(-1).view(np.uint8).data)
            volumes.append(volume)
        return volumes

    return work


def pixels_straight(folder: Path) -> Work:
    import numpy as np

    return _pixels_straight(folder, np.empty)


def pixels_straight_vtk(folder: Path) -> Work:
    """As above, into the memory of vtkImageData."""
    _module("slicer")
    from DICOMTutorialHelperLib.scene.arrays import allocate_image

    images = []

    def allocate(shape: Any, dtype: Any) -> Any:
        image, voxels = allocate_image(shape, dtype)
        images.append(image)
        return voxels

    return _pixels_straight(folder, allocate)


# --- others


def pydicom_tags(folder: Path) -> Work:
    """pydicom, the tags that a reader of series needs."""
    pydicom = _module("pydicom")
    files = _files(folder)
    return lambda: [pydicom.dcmread(path, specific_tags=TAGS, stop_before_pixels=True, force=True) for path in files]


def pydicom_headers(folder: Path) -> Work:
    """pydicom, everything before the pixels."""
    pydicom = _module("pydicom")
    files = _files(folder)
    return lambda: [pydicom.dcmread(path, stop_before_pixels=True, force=True) for path in files]


def pydicom_pixels(folder: Path) -> Work:
    pydicom = _module("pydicom")
    files = _files(folder)
    return lambda: [pydicom.dcmread(path, force=True).pixel_array for path in files]


def simpleitk(folder: Path) -> Work:
    """SimpleITK, sorted by GDCM and read; it has one volume a series."""
    sitk = _module("SimpleITK")
    sitk.ProcessObject.SetGlobalWarningDisplay(False)

    folders = sorted({os.path.dirname(path) for path in _files(folder)})

    def work() -> None:
        for one in folders:
            for uid in sitk.ImageSeriesReader.GetGDCMSeriesIDs(one):
                reader = sitk.ImageSeriesReader()
                reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(one, uid))
                reader.Execute()

    return work


def simpleitk_read(folder: Path) -> Work:
    """SimpleITK's read alone, of files in the order of their names."""
    sitk = _module("SimpleITK")
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    files = _files(folder)

    def work() -> None:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(files)
        reader.Execute()

    return work


def _vtkitk(folder: Path, approach: str) -> Work:
    """vtkITK, which Slicer's own DICOM plugin reads with: the read alone, stack by stack in an order that is known.

    Its volumes are kept, as those of the others.
    """
    slicer = _module("slicer")
    stacks = [[str(frame.instance.path) for frame in stack.frames] for stack in _stacks(folder)]

    def work() -> list[Any]:
        volumes = []
        for files in stacks:
            reader = slicer.vtkITKArchetypeImageSeriesScalarReader()
            reader.SetArchetype(files[0])
            for path in dict.fromkeys(files):
                reader.AddFileName(path)
            reader.SetSingleFile(0)
            reader.SetOutputScalarTypeToNative()
            reader.SetDesiredCoordinateOrientationToNative()
            reader.SetUseNativeOriginOn()
            getattr(reader, f"SetDICOMImageIOApproachTo{approach}")()
            reader.Update()
            if reader.GetOutput() is None or not reader.GetOutput().GetNumberOfPoints():
                raise LeftOut("vtkITK does not read it")
            volumes.append(reader.GetOutput())
        return volumes

    return work


def vtkitk_gdcm(folder: Path) -> Work:
    return _vtkitk(folder, "GDCM")


def vtkitk_dcmtk(folder: Path) -> Work:
    return _vtkitk(folder, "DCMTK")


def dcm2niix(folder: Path) -> Work:
    """dcm2niix to an uncompressed NIfTI: the whole program, which sorts, reads and writes."""
    program = shutil.which("dcm2niix")
    if program is None:
        raise LeftOut("dcm2niix is not on PATH")

    out = tempfile.TemporaryDirectory()

    def work() -> tempfile.TemporaryDirectory:
        subprocess.run([program, "-z", "n", "-b", "n", "-o", out.name, str(folder)], stdout=subprocess.DEVNULL, check=False)
        return out

    return work


def dicomsdl(folder: Path) -> Work:
    dicom = _module("dicomsdl")
    files = _files(folder)
    return lambda: [dicom.open(path).pixelData() for path in files]


# --- this project


def examine(folder: Path) -> Work:
    from DICOMTutorialHelperLib.dicom.examine import examine_paths

    return lambda: examine_paths([folder])


def examine_and_read(folder: Path) -> Work:
    from DICOMTutorialHelperLib.dicom import pixels

    examine(folder)
    return lambda: _read_stacks(_stacks(folder), pixels.read_voxels)


def read(folder: Path) -> Work:
    """Reading after examination."""
    from DICOMTutorialHelperLib.dicom import pixels

    stacks = _stacks(folder)
    return lambda: _read_stacks(stacks, pixels.read_voxels)


def read_into_vtk(folder: Path) -> Work:
    _module("slicer")
    from DICOMTutorialHelperLib.scene.volumes import read_image

    stacks = _stacks(folder)
    return lambda: _read_stacks(stacks, read_image)


def examine_and_load(folder: Path) -> Work:
    """Into a scene of MRML: volume nodes with their display, or sequences with their browser."""
    _module("slicer")
    from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer

    workspace = HeadlessSlicer()

    def work() -> None:
        workspace.import_folder(folder)
        for series in workspace.series():
            for candidate in series.selected:
                workspace.load(candidate)

    return work


def command(path: Path, *arguments: str) -> Work:
    """A command of the command line inside a process that has its imports already."""
    from DICOMTutorialHelperLib.__main__ import main

    def run(target: str) -> None:
        with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(_Nowhere()):
            more = [os.path.join(out, "out")] if arguments[0] == "deidentify" else []
            main([arguments[0], target, *more, *arguments[1:]])

    first = next(file for file in path.rglob("*") if file.is_file())
    run(str(first))
    return lambda: run(str(path))


class _Nowhere(io.TextIOBase):
    buffer = io.BytesIO()

    def write(self, text: str) -> int:
        return len(text)


def _installed() -> dict[str, str]:
    """The environment of a program whose modules are compiled, as of one that is installed: kept apart from the checkout."""
    bytecode = os.path.join(tempfile.gettempdir(), "dicom-tutorial-benchmark")
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(LIBRARY)], env=environment, check=True)
    return environment


def program(path: Path, *arguments: str) -> Work:
    """The command line as a program, from its start to its end."""
    environment = _installed()
    outer = tempfile.TemporaryDirectory()
    words = [word.format(path=path, out=os.path.join(outer.name, "out")) for word in arguments]

    def work() -> tempfile.TemporaryDirectory:
        subprocess.run(
            [sys.executable, "-m", "DICOMTutorialHelperLib", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False,
        )  # fmt: skip
        return outer  # what was written goes with it, after the clock has stopped

    return work


def bare_scene(_path: Path) -> Work:
    """A process that has imported all that ``load`` needs and done nothing: what its memory is held against."""
    code = (
        "import DICOMTutorialHelperLib.workspace.headless.slicer_core as m, DICOMTutorialHelperLib.scene.slice_snapshots;"
        "m.HeadlessSlicer()"
    )
    environment = _installed()
    _module("slicer")
    return lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def bare_python(_path: Path) -> Work:
    return lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)


PROGRAMS = {"program", "dcm2niix", "bare_python", "bare_scene"}  # their memory and CPU are those of another process


def timed(name: str, path: Path, *arguments: str) -> dict[str, Any]:
    """Do a contestant's work once: ``wall``, ``cpu`` (s) and ``peak_mb``, or ``left_out``."""
    of_child = name in PROGRAMS
    try:
        work = globals()[name](path, *arguments)
        before = peak_megabytes(of_child)
        wall, processor = time.perf_counter(), processor_seconds(of_child)
        kept = work()  # what was read is let go of after the clock has stopped
    except LeftOut as reason:
        return {"left_out": str(reason)}
    result = {"wall": time.perf_counter() - wall, "cpu": processor_seconds(of_child) - processor}
    result["peak_mb"] = max(0.0, peak_megabytes(of_child) - before)
    del kept
    return result


def processor_seconds(of_child: bool) -> float:
    if not of_child:
        return time.process_time()
    times = os.times()
    return times.children_user + times.children_system


def peak_megabytes(of_child: bool) -> float:
    """The most memory that was resident so far; 0 where the system does not tell."""
    if not of_child and PROCESS_STATUS.exists():
        # Linux lets a process begin with the peak of the one that started it, but for this number.
        peak = next(line for line in PROCESS_STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / (1 << 10)
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    peak_of_all = resource.getrusage(resource.RUSAGE_CHILDREN if of_child else resource.RUSAGE_SELF).ru_maxrss
    return peak_of_all / (1 << 20) if sys.platform == "darwin" else peak_of_all / (1 << 10)


if __name__ == "__main__":
    sys.path.insert(0, str(LIBRARY))
    print(json.dumps(timed(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))
