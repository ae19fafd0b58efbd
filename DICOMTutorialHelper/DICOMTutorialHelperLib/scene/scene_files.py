"""A scene and its data as files in one folder, which Slicer and slicer-core open."""

from __future__ import annotations

from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

import slicer

from DICOMTutorialHelperLib.plain_text import file_stem
from DICOMTutorialHelperLib.scene.load_error import SaveError
from DICOMTutorialHelperLib.scene.vtk_errors import collected_vtk_errors

SCENE_FILE = "scene.mrml"


class OpenError(Exception):
    """A scene that cannot be read, or not all of it; says what."""


def save_scene(scene: slicer.vtkMRMLScene, folder: Path, compress: bool = True) -> list[Path]:
    """Write ``folder/scene.mrml`` with its data beside it, under relative names; returns the files, the scene first.

    Volumes become NRRD, sequences .seq.nrrd (.seq.mrml where frames have transforms), with gzip inside where ``compress``: half
    the room of a CT, at twenty times the time (docs/performance.md). Transforms become .h5, which keeps them exact. Files of
    the same names are overwritten. A node that cannot be written is left out of the scene, the others are there all the same.
    Raises SaveError, OSError where the folder cannot be made.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    written, failed = _save_nodes(scene, folder, compress)
    scene_file = folder / SCENE_FILE
    scene.SetURL(str(scene_file))
    with collected_vtk_errors(scene) as errors:
        done = scene.Commit(str(scene_file))
    if errors or not done:
        raise SaveError([(SCENE_FILE, _first_line(errors))])
    for path in (scene_file, *(path for path in written if path.suffix == ".mrml")):
        _check_readable(path)
    if failed:
        raise SaveError(failed, [scene_file, *written])
    return [scene_file, *written]


def open_scene(scene: slicer.vtkMRMLScene, path: Path) -> None:
    """Add what a scene file holds, with its data. Raises OpenError where it, or a part, cannot be read."""
    with collected_vtk_errors(scene) as errors:
        scene.SetURL(str(Path(path).resolve()))
        done = scene.Connect()
    if errors or not done:
        raise OpenError(_first_line(errors) if errors else path.name)


def _check_readable(path: Path) -> None:
    """Raise SaveError for a scene that no reader of XML takes: VTK writes whatever stands in a name."""
    parser = ParserCreate()
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except ExpatError as error:
        raise SaveError([(path.name, str(error))]) from error


def _save_nodes(scene: slicer.vtkMRMLScene, folder: Path, compress: bool) -> tuple[list[Path], list[tuple[str, str]]]:
    """Write the data of all storable nodes of a scene into a folder; the files, and why others could not be written."""
    written: list[Path] = []
    failed: list[tuple[str, str]] = []
    for place in range(scene.GetNumberOfNodes()):
        node = scene.GetNthNode(place)
        if not node.IsA("vtkMRMLStorableNode") or not node.GetSaveWithScene() or node.GetHideFromEditors():
            continue
        if node.GetStorageNode() is None:
            node.AddDefaultStorageNode()
        if node.GetStorageNode() is not None:
            try:
                written.append(_save_node(node, folder, {path.name.lower() for path in written}, compress))
            except SaveError as error:
                failed.extend(error.failed)
                # The scene would name a file that is not there.
                node.SetSaveWithScene(False)
                node.GetStorageNode().SetSaveWithScene(False)
    return written, failed


def _save_node(node, folder: Path, taken: set[str], compress: bool) -> Path:
    storage = node.GetStorageNode()
    as_scene = storage.IsA("vtkMRMLSequenceStorageNode")
    extension = "seq.mrml" if as_scene else storage.GetDefaultWriteFileExtension()
    stem = file_stem(node.GetName())
    path, number = folder / f"{stem}.{extension}", 1
    while path.name.lower() in taken:
        path, number = folder / f"{stem}_{number}.{extension}", number + 1
    storage.SetFileName(str(path))
    storage.SetUseCompression(compress)
    with collected_vtk_errors(storage, node) as errors:
        done = _write_sequence_scene(node, path, compress) if as_scene else storage.WriteData(node)
    if errors or not done or not path.is_file():
        raise SaveError([(path.name, _first_line(errors))])
    return path


def _write_sequence_scene(sequence: slicer.vtkMRMLSequenceNode, path: Path, compress: bool) -> bool:
    """A sequence whose frames have transforms: its own scene, with the data in a folder beside it.

    The storage node itself would make a .seq.mrb, which only an application with a cache folder can read.
    """
    frames = sequence.GetSequenceScene()
    sequence.GetScene().CopyRegisteredNodesToScene(frames)
    data = path.with_name(path.name.split(".seq.")[0] + "_frames")
    data.mkdir(exist_ok=True)
    _, failed = _save_nodes(frames, data, compress)
    if failed:
        raise SaveError(failed)
    # What the reader looks for to know which data node belongs to which index value.
    index = slicer.vtkMRMLSequenceNode()
    index.CopySequenceIndex(sequence)
    index.SetSingletonTag("SequenceIndex")
    frames.AddNode(index)
    frames.SetURL(str(path))
    try:
        return bool(frames.Commit(str(path)))
    finally:
        frames.RemoveNode(index)


def _first_line(errors: list[str]) -> str:
    return " ".join(errors[0].split()) if errors else ""
