"""The one boundary between the guide and the application: what a tutorial may ask of the world, and in what words.

Two implementations: ``workspace.headless`` on slicer-core and ``workspace.slicer`` on the running application. Only plain
data passes: texts, numbers, paths and the frozen dataclasses below; no node, widget or dataset. Nodes are named by their MRML
ID, series by their SeriesInstanceUID, points by RAS coordinates in mm. Every method that cannot do what it is asked raises
WorkspaceError, whose ``reason`` is a key of the texts ``tutorial`` and whose ``fields`` complete the sentence; the reasons
stand in the docstrings. Whatever is asked of a node that is not in the scene (any more) raises ``no-such-node``, whatever
needs a sequence and gets a volume ``not-a-sequence``. ``selftest.workspace_contract`` holds what is written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Protocol

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.progress import Progress

# What a listener of subscribe is told.
DATABASE_CHANGED = "database"  # series were added or removed, or the database itself was opened or replaced
SCENE_CHANGED = "scene"  # a volume, sequence or segmentation was added, removed or renamed
SCENE_CLOSED = "scene-closed"  # the scene was closed: everything loaded is gone
VIEWS_CHANGED = "views"  # layout, what a slice view shows and where, links, slices in 3D, window/level, rendering, playing
PLUGINS_CHANGED = "plugins"  # a DICOM plugin was enabled or disabled
MODULE_CHANGED = "module"  # another module's panel is shown
LANGUAGE_CHANGED = "language"

# Layouts by stable names; the implementations know vtkMRMLLayoutNode's numbers.
FOUR_UP = "four-up"
CONVENTIONAL = "conventional"
CONVENTIONAL_WIDESCREEN = "conventional-widescreen"
ONE_UP_3D = "one-up-3d"
ONE_UP_RED_SLICE = "one-up-red-slice"
SIDE_BY_SIDE = "side-by-side"  # two slice views beside each other
THREE_BY_THREE = "three-by-three-slice"  # Slicer's "Three by three slice"
FOUR_UP_PLOT = "four-up-plot"
OTHER_LAYOUT = "other"  # only ever answered: a layout this list does not have
LAYOUTS = (
    FOUR_UP,
    CONVENTIONAL,
    CONVENTIONAL_WIDESCREEN,
    ONE_UP_3D,
    ONE_UP_RED_SLICE,
    SIDE_BY_SIDE,
    THREE_BY_THREE,
    FOUR_UP_PLOT,
)

# Views by the names Slicer's layout nodes give them; further slice views (as in side by side) bear other names.
RED, YELLOW, GREEN = "Red", "Yellow", "Green"
THREE_D = "3D"
PLOT = "Plot"
WHOLE_LAYOUT = "layout"  # for snapshots: all views as they lie on the screen

VOLUME = "volume"
SEQUENCE = "sequence"


class WorkspaceError(HelperError):
    """Something the application could not do. ``reason`` is a key of the texts ``tutorial``."""

    domain = "tutorial"
    prefix = ""


@dataclass(frozen=True)
class SeriesInfo:
    """A series as the DICOM database lists it; texts are empty where the header says nothing.

    ``date`` is ``YYYY-MM-DD``, or what the header has where that is no date (PS3.5 6.2, DA).
    """

    series_instance_uid: str
    study_instance_uid: str = ""
    description: str = ""
    modality: str = ""
    number: str = ""
    date: str = ""
    instance_count: int = 0


@dataclass(frozen=True)
class StudyInfo:
    """``series`` are in the order of their numbers; ``date`` is as in SeriesInfo."""

    study_instance_uid: str
    description: str = ""
    date: str = ""
    series: tuple[SeriesInfo, ...] = ()


@dataclass(frozen=True)
class PatientInfo:
    """``key`` is what tells patients apart in this database; ID and name may both be empty or shared."""

    key: str
    patient_id: str = ""
    name: str = ""
    studies: tuple[StudyInfo, ...] = ()

    @property
    def series(self) -> tuple[SeriesInfo, ...]:
        """The series of all studies, in their order."""
        return tuple(series for study in self.studies for series in study.series)


@dataclass(frozen=True)
class ImportSummary:
    """What an import brought: ``files`` are DICOM, new or not; those that are not are counted as ``skipped``, never an error."""

    files: int = 0
    skipped: int = 0
    new_patients: int = 0
    new_studies: int = 0
    new_series: int = 0
    new_instances: int = 0
    series_instance_uids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PluginInfo:
    """A DICOM plugin of the application: ``name`` is its class name, such as ``DICOMScalarVolumePlugin``."""

    name: str
    enabled: bool = True


@dataclass(frozen=True)
class PluginOffer:
    """One row of the table that Examine shows: what a plugin would make of a series.

    ``selected`` marks the row that would be loaded. ``frames`` is the number of volumes in it, 1 for a single volume, 0 where
    the plugin does not say. ``tooltip`` is the plugin's own longer explanation.
    """

    plugin: str
    name: str
    series_instance_uid: str
    confidence: float
    selected: bool = False
    warning: str = ""
    tooltip: str = ""
    frames: int = 0
    files: int = 0


@dataclass(frozen=True)
class LoadedItem:
    """A volume or a sequence in the scene.

    ``node_id`` is the volume node; for a sequence it is the browser's proxy volume, the one the views show, and
    ``sequence_node_id`` is the sequence. A node of several frames that no sequence holds (a multi-volume) is a
    volume. ``series_instance_uid`` is "" for what did not come from DICOM. ``plugin`` is the one that loaded it, "" where nobody
    knows.
    """

    node_id: str
    name: str
    kind: str = VOLUME
    series_instance_uid: str = ""
    instance_uids: tuple[str, ...] = ()
    modality: str = ""
    frames: int = 1
    dimensions: tuple[int, int, int] = (0, 0, 0)
    sequence_node_id: str = ""
    plugin: str = ""


@dataclass(frozen=True)
class LoadedSegmentation:
    """A segmentation in the scene: the names of its segments, and the middle of what they mark (RAS mm), None for nothing."""

    node_id: str
    name: str
    segments: tuple[str, ...] = ()
    center_ras: Optional[tuple[float, float, float]] = None


@dataclass(frozen=True)
class SliceView:
    """A slice view that the layout shows now; ``volume_node_id`` is its background volume."""

    name: str
    volume_node_id: str = ""
    orientation: str = ""
    offset_mm: float = 0.0
    field_of_view_mm: float = 0.0
    linked: bool = False
    visible_in_3d: bool = False


@dataclass(frozen=True)
class WindowLevel:
    """How a volume's values become grey: in the volume's own units. ``preset`` is "" when set by hand or automatically."""

    window: float
    level: float
    preset: str = ""


@dataclass(frozen=True)
class VolumeRendering:
    """How a volume is rendered: whether it is shown now, and the preset of its colours, "" where it has none."""

    visible: bool
    preset: str = ""


@dataclass(frozen=True)
class Playback:
    """Where a sequence stands. ``frame`` counts from 0; ``values`` has one index value a frame, as texts."""

    frame: int
    frames: int
    playing: bool = False
    index_name: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimeCurve:
    """The mean value in a ball around a point, frame by frame, and the plot that shows it.

    ``times`` counts in ``unit`` from the first frame, which is 0; where nobody knows when the frames were taken, it counts
    frames from 0 as Playback does, and the unit is "".
    """

    node_id: str
    center_ras: tuple[float, float, float]
    radius_mm: float
    times: tuple[float, ...]
    values: tuple[float, ...]
    unit: str = ""
    plot_node_id: str = ""


@dataclass(frozen=True)
class MarkedPoint:
    """A point the learner placed (a control point of a point list), RAS mm in the world."""

    name: str
    position_ras: tuple[float, float, float]


@dataclass(frozen=True)
class MarkedLine:
    """A line the learner drew from one point to another (a line markup), both ends placed, RAS mm in the world."""

    name: str
    start_ras: tuple[float, float, float]
    end_ras: tuple[float, float, float]

    @property
    def length_mm(self) -> float:
        """Its length in mm."""
        return math.dist(self.start_ras, self.end_ras)


@dataclass(frozen=True)
class DicomDifference:
    """How what DICOM files say differs from what is loaded: corners of slices by ``corners_mm`` in the world, values by
    ``values``, at most; both are infinite where the files are not one volume (or sequence) of as many voxels."""

    corners_mm: float
    values: float

    @property
    def equal(self) -> bool:
        """To the 0.01 mm that loading promises."""
        return self.corners_mm <= 0.01 and self.values == 0


@dataclass(frozen=True)
class ApplicationInfo:
    """Who does the work: for a report. ``versions`` maps names (Python, pydicom, VTK, the extension) to versions.

    ``slicer_version`` is that of the Slicer whose screens a learner has before them, "" for none.
    """

    name: str
    version: str
    versions: dict[str, str] = field(default_factory=dict)
    slicer_version: str = ""


class ApplicationWorkspace(Protocol):
    """The application itself, and who wants to know of changes."""

    def application(self) -> ApplicationInfo:
        """Who does the work, by name and versions."""

    def language(self) -> str:
        """A member of languages.LANGUAGES: what the learner reads."""
        ...

    def translated(self, context: str, text: str) -> str:
        """What the application's own translation makes of a text of its interface: the text itself where it has none."""
        ...

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call ``listener`` with a ..._CHANGED or SCENE_CLOSED after each such change; the answer stops it, called once or more.

        Changes made through the workspace are told before the call that made them returns.
        """
        ...

    def active_module(self) -> str:
        """The name of the module whose panel is shown (``DICOM``, ``Volumes``, ``Data``, ...), "" for none."""
        ...

    def set_active_module(self, name: str) -> None:
        """Show a module's panel. Raises ``no-such-module``; where there are no modules at all, any name will do."""
        ...


class DatabaseWorkspace(Protocol):
    """The DICOM database."""

    def database_folder(self) -> Optional[Path]:
        """Where the open DICOM database lies; None where there is none yet (then the browser shows its yellow bar)."""
        ...

    def create_database(self, folder: Optional[Path] = None) -> Path:
        """Make and open a database in a new or empty folder (the application's default place without one).

        Raises ``database-failed`` where the folder does not allow it.
        """
        ...

    def import_folder(self, folder: Path, progress: Optional[Progress] = None) -> ImportSummary:
        """Index all DICOM files below a folder. Importing twice adds nothing.

        Raises ``no-database``, ``import.no-folder``, and ``import.no-dicom`` for a folder without a DICOM file.
        """
        ...

    def patients(self) -> tuple[PatientInfo, ...]:
        """All of the database, in a stable order; empty where there is no database."""
        ...

    def files_of_series(self, series_instance_uid: str) -> tuple[Path, ...]:
        """The files of a series in a stable order (instance number, then name); empty for an unknown one."""
        ...

    def remove_series(self, series_instance_uid: str) -> None:
        """Take a series out of the database; nothing to do for an unknown one. Its files, and what is loaded, stay."""
        ...


class LoadingWorkspace(Protocol):
    """DICOM plugins, and what they loaded into the scene."""

    def plugins(self) -> tuple[PluginInfo, ...]:
        """The DICOM plugins there are, enabled or not."""

    def set_plugin_enabled(self, name: str, enabled: bool) -> None:
        """Enable a DICOM plugin, or disable it. Raises ``no-such-plugin``."""
        ...

    def offers(self, series_instance_uid: str) -> tuple[PluginOffer, ...]:
        """What every enabled plugin makes of a series, the highest confidence first. Raises ``no-such-series``."""
        ...

    def load_series(
        self, series_instance_uid: str, plugin: str = "", progress: Optional[Progress] = None
    ) -> tuple[LoadedItem, ...]:
        """Load the selected offer of the series, or the best one of ``plugin``; a series already loaded is loaded again.

        All slice views show it then. Raises ``no-such-series``, ``load.no-offer`` where no enabled plugin (or not that one)
        makes anything of it, ``load.failed``.
        """
        ...

    def loaded(self) -> tuple[LoadedItem, ...]:
        """Volumes and sequences in the scene, in the order they came; a sequence once, without its proxy volume."""
        ...

    def unload(self, node_id: str) -> None:
        """Take a volume, or a sequence with its browser and proxy, out of the scene, with the transform that is its alone."""
        ...

    def load_segmentation(self, file: Path, node_id: str) -> LoadedSegmentation:
        """Load a DICOM segmentation object over a volume that it was made on; the views that show the volume show it, too.

        Raises ``load.failed`` for what is none, or cannot be read.
        """
        ...

    def segmentations(self) -> tuple[LoadedSegmentation, ...]:
        """The segmentations in the scene that have segments, whoever loaded or drew them."""

    def close_scene(self) -> None:
        """Take everything out of the scene; the database stays."""


class ViewsWorkspace(Protocol):
    """Layout, slice views and the 3D view. ``view`` is the name of a view; an unknown one raises ``no-such-view``."""

    def layout(self) -> str:
        """A member of LAYOUTS, or OTHER_LAYOUT."""
        ...

    def set_layout(self, layout: str) -> None:
        """Show a member of LAYOUTS. Raises ``no-such-layout`` for what is none."""
        ...

    def slice_views(self) -> tuple[SliceView, ...]:
        """The slice views of the layout shown now: red, yellow, green, then any others."""
        ...

    def show_volume(self, node_id: str, view: str = "") -> None:
        """Put a volume behind one slice view, or behind all that the layout shows.

        Each view takes its own standard orientation, turned to the volume's axes where those are oblique, and is fitted: what
        Slicer's eye in the Data module does.
        """
        ...

    def compare(self, node_ids: Sequence[str]) -> None:
        """Show volumes beside each other, one a slice view in order, each view turned to the plane its volume was taken in.

        One or two lie SIDE_BY_SIDE, three in FOUR_UP, up to nine THREE_BY_THREE. The views are unlinked.
        """
        ...

    def set_slices_linked(self, linked: bool) -> None:
        """Link the slice views, so that they move and zoom together, or let each go its way."""

    def set_slice_offset(self, view: str, offset_mm: float) -> None:
        """Move a slice view (and those linked to it that look along the same) along its normal, to an offset in mm."""
        ...

    def jump_slices(self, position_ras: Sequence[float]) -> None:
        """Move every slice view that the layout shows so that it cuts through a point (RAS mm in the world)."""
        ...

    def zoom_slice(self, view: str, factor: float) -> None:
        """Show less (factor above 1) or more (below 1) of the slice, about its middle."""
        ...

    def set_slices_visible_in_3d(self, visible: bool) -> None:
        """Show the slices of the layout in the 3D view, or hide them there."""

    def center_3d_view(self) -> None:
        """Turn the 3D view's camera to the middle of what is shown."""
        ...

    def rotate_3d_view(self, degrees: float) -> None:
        """Turn the 3D view's camera around the body's long axis, counter-clockwise seen from the head for positive angles."""
        ...

    def camera_3d_ras(self) -> tuple[float, float, float]:
        """Where the 3D view's camera stands, RAS mm from the point it looks at: tells whether a learner turned it."""
        ...

    def window_level(self, node_id: str) -> WindowLevel:
        """The window and level a volume is shown with."""

    def window_level_presets(self) -> tuple[str, ...]:
        """Identifiers as in Slicer's Volumes module: CT_BONE, CT_AIR, PET, CT_BRAIN, CT_ABDOMEN, CT_LUNG, ..."""
        ...

    def apply_window_level_preset(self, node_id: str, preset: str) -> None:
        """Show a volume with one of ``window_level_presets``. Raises ``no-such-preset``."""
        ...

    def set_window_level(self, node_id: str, window: float, level: float) -> None:
        """Show a volume with a window and level, in the units of its values (HU of a CT)."""

    def volume_rendering(self, node_id: str) -> Optional[VolumeRendering]:
        """How a volume is rendered; None where it has never been."""
        ...

    def volume_rendering_presets(self) -> tuple[str, ...]:
        """Names as in Slicer's Volume Rendering module: CT-Chest-Contrast-Enhanced, MR-Default, ...; none may be there."""
        ...

    def show_volume_rendering(self, node_id: str, preset: str = "") -> None:
        """Render a volume in 3D. Raises ``no-such-preset``.

        Where there are no presets at all, the colours of the slices are taken.
        """
        ...

    def hide_volume_rendering(self, node_id: str) -> None:
        """Nothing to do where the volume is not rendered."""
        ...

    def snapshot(self, view: str, width: int = 640, height: int = 480) -> Optional[bytes]:
        """A PNG of a view (RED, ..., THREE_D, PLOT, WHOLE_LAYOUT), size in pixels; None where it cannot be drawn here."""
        ...


class SequencesWorkspace(Protocol):
    """Sequences: playing them, and how their values change."""

    def playback(self, node_id: str) -> Playback:
        """Where a sequence stands."""

    def play_sequence(self, node_id: str, frames_per_second: Optional[float] = None) -> None:
        """Play over and over, as fast as the sequence was loaded to play unless told otherwise.

        Without a screen: step once through all frames, then stand still on the last.
        """
        ...

    def stop_sequence(self, node_id: str) -> None:
        """Stand still on the frame shown now."""

    def seek_sequence(self, node_id: str, frame: int) -> None:
        """Show a frame, counted from 0. Raises ``no-such-frame``."""
        ...

    def peak_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        """Where the values of a sequence rise most over the first frames, in the middle of the brightest such place (RAS mm)."""
        ...

    def steady_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        """Where the values of a sequence still rise most in its second half (RAS mm): tissue that takes contrast up slowly."""
        ...

    def plot_time_curve(self, node_id: str, center_ras: Sequence[float], radius_mm: float = 4.0) -> TimeCurve:
        """Mean value in a ball, frame by frame, as a table, a plot series and a chart that is shown: the layout is FOUR_UP_PLOT.

        Centre and radius are in mm. Raises ``point-outside`` for a centre outside the images.
        """
        ...

    def time_curves(self) -> tuple[TimeCurve, ...]:
        """The curves made so far that are still in the scene."""
        ...


class MeasuringWorkspace(Protocol):
    """Points, lines and values; and the scene as a file, which keeps them."""

    def marked_points(self) -> tuple[MarkedPoint, ...]:
        """The points placed so far, in the order of their lists."""

    def mark_point(self, name: str, position_ras: Sequence[float], node_id: str = "") -> None:
        """Place a point (RAS mm in the world), as a learner would in a view that shows ``node_id``; those that are there
        stay."""
        ...

    def marked_lines(self) -> tuple[MarkedLine, ...]:
        """The lines drawn so far, both of whose ends are placed."""

    def mark_line(self, name: str, start_ras: Sequence[float], end_ras: Sequence[float], node_id: str = "") -> None:
        """Draw a line between two points (RAS mm in the world), as a learner would in a view that shows ``node_id``; those that
        are there stay."""
        ...

    def marks_follow_images(self) -> tuple[str, ...]:
        """Hide the points and lines placed on images of studies that no slice view shows, and show again those that were hidden
        so; left alone is what a learner hid, or showed again meanwhile. Answers the names of what is hidden so."""
        ...

    def value_at(self, node_id: str, position_ras: Sequence[float]) -> float:
        """The value of the voxel at a point: of a sequence, in the frame shown now. Raises ``point-outside``."""
        ...

    def saved_scene(self) -> Optional[Path]:
        """The file the scene was saved to, or read from, last; None for none that is still there."""
        ...

    def save_scene(self, folder: Path) -> Path:
        """Save the scene with all its data into a folder, which is made if need be; the scene's file. Raises ``save-failed``."""
        ...


class SharingWorkspace(Protocol):
    """What is loaded as DICOM again."""

    def write_dicom(self, node_id: str, folder: Path, progress: Optional[Progress] = None) -> tuple[Path, ...]:
        """Write a volume or sequence as a new series of its own study below a folder, which is made if need be; a file a slice.

        Written again, it is the same series. Raises ``write-dicom.failed`` where a plain series cannot say what is loaded, or
        the folder cannot be written.
        """
        ...

    def compare_with_dicom(self, node_id: str, files: Sequence[Path]) -> DicomDifference:
        """Hold DICOM files beside a loaded volume or sequence, whoever wrote them: slice by slice and voxel by voxel."""
        ...


class Workspace(
    ApplicationWorkspace,
    DatabaseWorkspace,
    LoadingWorkspace,
    ViewsWorkspace,
    SequencesWorkspace,
    MeasuringWorkspace,
    SharingWorkspace,
    Protocol,
):
    """The application, as far as a tutorial needs it."""
