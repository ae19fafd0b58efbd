"""A workspace without the application, on slicer-core: files known by series, a scene, and what is loaded into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

import slicer

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination, SeriesExamination
from DICOMTutorialHelperLib.dicom.examine import examine_files, examine_paths
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.loader import LoadedCandidate, load_candidate, remove_loaded
from DICOMTutorialHelperLib.scene.scene_files import save_scene
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


@dataclass(frozen=True)
class LoadedNode:
    """Something in the scene that came from a series; the node is the volume, or the sequence."""

    node_id: str
    name: str
    series_instance_uid: str
    kind: str


class HeadlessSlicer:
    """Import, examine, load, save: what a tutorial or a command does with Slicer, without it.

    The database is in memory: it knows files by series and holds their examinations. Nothing is copied or written unasked.
    """

    def __init__(self) -> None:
        self._headless_scene = HeadlessScene()
        # By SeriesInstanceUID: several where it stands for more than one series (two patients' files, say).
        self._series: dict[str, list[SeriesExamination]] = {}
        self._loaded: dict[str, LoadedCandidate] = {}

    @property
    def scene(self) -> slicer.vtkMRMLScene:
        return self._headless_scene.scene

    @property
    def headless_scene(self) -> HeadlessScene:
        """The scene with its logics, for views to build on."""
        return self._headless_scene

    # --- the DICOM database

    def import_folder(
        self, paths: Union[str, Path, Iterable[Union[str, Path]]], progress: Optional[Progress] = None
    ) -> Examination:
        """Add all DICOM files of a folder, or of several paths, to the database; returns what was found in them.

        Files that are there already add nothing; new files of a known series join it.
        """
        found = examine_paths([paths] if isinstance(paths, (str, Path)) else paths, progress)
        by_uid: dict[str, list[SeriesExamination]] = {}
        for series in found.series:
            by_uid.setdefault(series.series_instance_uid, []).append(series)
        for uid, members in by_uid.items():
            self._add_series(uid, members)
        return found

    def series(self) -> tuple[SeriesExamination, ...]:
        """All series of the database, in the order they came."""
        return tuple(series for members in self._series.values() for series in members)

    def files_of_series(self, series_instance_uid: str) -> tuple[Path, ...]:
        """The files of a series by instance number, then name; empty for an unknown one."""
        instances = [instance for series in self._series.get(series_instance_uid, ()) for instance in series.instances]
        return tuple(instance.path for instance in sorted(instances, key=_file_order))

    def examination(self, series_instance_uid: str) -> SeriesExamination:
        """What a series holds, the first one of its UID. Raises KeyError for one that is not in the database."""
        return self._series[series_instance_uid][0]

    def remove_series(self, series_instance_uid: str) -> None:
        """Take a series out of the database; what is loaded stays loaded. Raises KeyError for an unknown one."""
        del self._series[series_instance_uid]

    # --- the scene

    def load_series(self, series_instance_uid: str, progress: Optional[Progress] = None) -> tuple[LoadedNode, ...]:
        """Load the selected candidates of a series, all or none. Raises LoadError, KeyError for an unknown series."""
        loaded: list[LoadedNode] = []
        done = False
        try:
            for series in self._series[series_instance_uid]:
                for candidate in series.selected:
                    loaded.append(self.load(candidate, progress))
            done = True
        finally:
            if not done:
                for node in loaded:
                    self.unload(node.node_id)
        return tuple(loaded)

    def load(self, candidate: Candidate, progress: Optional[Progress] = None) -> LoadedNode:
        """Load one candidate of a series in the database. Raises LoadError."""
        members = self._series[candidate.series_instance_uid]
        series = next((one for one in members if candidate in one.candidates), members[0])
        loaded = load_candidate(candidate, self.scene, series, progress=progress)
        self._loaded[loaded.main_node.GetID()] = loaded
        return _loaded_node(loaded)

    def loaded(self) -> tuple[LoadedNode, ...]:
        """Volumes and sequences that came from series and are still in the scene, in the order they came."""
        present = {node_id: loaded for node_id, loaded in self._loaded.items() if self.scene.GetNodeByID(node_id) is not None}
        self._loaded = present
        return tuple(_loaded_node(loaded) for loaded in present.values())

    def loaded_candidate(self, node_id: str) -> LoadedCandidate:
        """All nodes of something loaded. Raises KeyError for a node that did not come from a series."""
        return self._loaded[node_id]

    def unload(self, node_id: str) -> None:
        """Take a volume, or a sequence with its browser and proxy, out of the scene. Raises KeyError as above."""
        remove_loaded(self._loaded.pop(node_id), self.scene)

    def close_scene(self) -> None:
        self._loaded.clear()
        self._headless_scene.close()

    def save_scene(self, folder: Path, compress: bool = True) -> list[Path]:
        """Write ``folder/scene.mrml`` and its data; returns the files. Raises SaveError, OSError."""
        return save_scene(self.scene, folder, compress)

    def _add_series(self, uid: str, members: list[SeriesExamination]) -> None:
        known = self._series.get(uid)
        if known is not None:
            before = [instance.path for series in known for instance in series.instances]
            files = dict.fromkeys([*before, *(instance.path for series in members for instance in series.instances)])
            if len(files) == len(before):
                return
            members = examine_files(files).series
        self._series[uid] = members


def _loaded_node(loaded: LoadedCandidate) -> LoadedNode:
    node, candidate = loaded.main_node, loaded.candidate
    return LoadedNode(node.GetID(), loaded.volume.GetName(), candidate.series_instance_uid, candidate.kind)


def _file_order(instance) -> tuple:
    number = instance.get("InstanceNumber")
    return (number if isinstance(number, int) else 0, instance.path.name)
