"""What Slicer's DICOM plugins offer, and loading by them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Optional

import qt
import slicer

from DICOMTutorialHelperLib.dicom.confidence import CONFIDENCE_SEQUENCE
from DICOMTutorialHelperLib.progress import Cancelled, Progress
from DICOMTutorialHelperLib.workspace.interface import PluginInfo, PluginOffer, WorkspaceError
from DICOMTutorialHelperLib.workspace.slicer import settings
from DICOMTutorialHelperLib.workspace.slicer.background import in_thread
from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

DISABLED = "DICOM/disabledPlugins"
OWN_PLUGINS = {"DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin"}


class SlicerLoading:
    """The plugins of ``slicer.modules.dicomPlugins``, which ones are enabled, and what they make of files.

    Plugin instances are kept: they cache what they examined.
    """

    def __init__(self) -> None:
        self._instances: dict[str, Any] = {}

    def plugins(self) -> tuple[PluginInfo, ...]:
        disabled = _disabled_plugins()
        return tuple(PluginInfo(name, name not in disabled) for name in _plugin_classes())

    def set_enabled(self, name: str, enabled: bool) -> None:
        """Through the DICOM module's check box where there is one, so that it shows what is so. Raises WorkspaceError."""
        if name not in _plugin_classes():
            raise WorkspaceError("no-such-plugin", plugin=name)
        selector = getattr(getattr(slicer.modules, "DICOMWidget", None), "pluginSelector", None)
        if selector is not None and name in selector.checkBoxByPlugin:
            selector.checkBoxByPlugin[name].checked = enabled
            return
        disabled = _disabled_plugins()
        _write_disabled(disabled - {name} if enabled else disabled | {name})

    def offers(self, uid: str, files: Sequence[Path]) -> tuple[PluginOffer, ...]:
        """What every enabled plugin offers for a series, the highest confidence first."""
        offered = self._examine(files, None)
        rows = [_offer(name, loadable, uid) for name, loadables in offered.items() for loadable in loadables]
        return tuple(sorted(rows, key=lambda row: (-row.confidence, not row.selected)))

    def load(self, files: Sequence[Path], plugin: str, progress: Optional[Progress]) -> list[str]:
        """Load what is selected, or the best that ``plugin`` offers; returns the plugins that did it.

        Raises WorkspaceError where nothing was loaded.
        """
        offered = self._examine(files, progress, {plugin}) if plugin else self._examine_for_loading(files, progress)
        if plugin:
            best = max((loadable.confidence for loadable in offered.get(plugin, ())), default=None)
            for name, loadables in offered.items():
                for loadable in loadables:
                    loadable.selected = name == plugin and loadable.confidence == best
        chosen = {name: [one for one in loadables if one.selected] for name, loadables in offered.items()}
        names = [loadable.name for loadables in chosen.values() for loadable in loadables]
        if not names:
            raise WorkspaceError("load.no-offer")
        messages: list[str] = []
        done = self._load(chosen, messages, progress)
        if messages:  # which hold names of series and files: those are for the learner, not for a log
            logging.error(f"DICOM Tutorial Helper: loading gave {len(messages)} messages")
        if not done:
            raise WorkspaceError("load.failed", detail="; ".join(messages), name=", ".join(names))
        return [name for name, loadables in chosen.items() if loadables]

    def _load(self, chosen: dict[str, list[Any]], messages: list[str], progress: Optional[Progress]) -> list[str]:
        """Node IDs. This extension's plugins tell how far they are slice by slice, the others once a loadable."""
        from DICOMLib import DICOMUtils

        cancelled: list[bool] = []

        by_plugin = {self._instances[name]: loadables for name, loadables in chosen.items()}
        if progress is None:
            return DICOMUtils.loadLoadables(by_plugin, messages)
        tell = progress

        def watched(done: int, total: int) -> None:
            try:
                tell(done, total)
            except Cancelled:
                cancelled.append(True)  # a plugin may take it for a failure of its own
                raise

        loadables = [one for some in chosen.values() for one in some]
        for loadable in loadables:
            loadable.progress = watched
        try:
            done = DICOMUtils.loadLoadables(by_plugin, messages, _as_callback(watched))
        finally:
            for loadable in loadables:
                loadable.progress = None  # plugins keep their loadables
        if cancelled:
            raise Cancelled
        return done

    def _examine_for_loading(self, files: Sequence[Path], progress: Optional[Progress]) -> dict[str, list[Any]]:
        """As for all plugins, but without asking the others where this extension's sequence outdoes whatever they may offer.

        The multi-volume importer alone takes seconds for a series of some hundred slices, and the window stands still.
        """
        own = self._examine(files, progress, OWN_PLUGINS)
        if any(loadable.selected and loadable.confidence >= CONFIDENCE_SEQUENCE for some in own.values() for loadable in some):
            return own
        return self._examine(files, progress)

    def _examine(
        self, files: Sequence[Path], progress: Optional[Progress], only: Optional[set[str]] = None
    ) -> dict[str, list[Any]]:
        """Loadables by plugin, selected as the DICOM browser would select them; of ``only`` these plugins where given.

        With ``progress``, headers are read in the background first, and the window lives between the plugins.
        """
        from DICOMLib import DICOMUtils

        enabled = [plugin.name for plugin in self.plugins() if plugin.enabled and (only is None or plugin.name in only)]
        paths = [str(path) for path in files]
        if not enabled or not paths:
            return {}
        if progress is not None and OWN_PLUGINS.intersection(enabled):
            examinations, fill_missing = shared_examinations(), settings.fill_missing()
            in_thread(lambda report_progress: examinations.of(paths, fill_missing, report_progress), progress)
        callback = None if progress is None else _as_callback(progress)
        by_plugin, _ = DICOMUtils.getLoadablesFromFileLists(
            [paths], enabled, progressCallback=callback, pluginInstances=self._instances
        )
        by_plugin = {plugin: [one for one in loadables if one.files] for plugin, loadables in by_plugin.items()}
        DICOMUtils.selectHighestConfidenceLoadables(by_plugin)
        names = {id(instance): name for name, instance in self._instances.items()}
        offered = {names[id(plugin)]: loadables for plugin, loadables in by_plugin.items()}
        for loadables in offered.values():
            _select_each_file_set_once(loadables)
        return offered


def _as_callback(progress: Progress) -> Callable[[str, float], bool]:
    """As DICOMUtils wants it: told a label and a percentage, True stops. Here a Cancelled does."""

    def callback(_label: str, _percent: float) -> bool:
        progress(0, 0)
        return False

    return callback


def _plugin_classes() -> dict[str, Any]:
    return getattr(slicer.modules, "dicomPlugins", {})


def _select_each_file_set_once(loadables: Sequence[Any]) -> None:
    """As DICOMLoadableTable does: of one plugin's rows for the same files, only the first stays selected."""
    seen: set[frozenset[str]] = set()
    for loadable in loadables:
        if loadable.selected:
            files = frozenset(loadable.files)
            loadable.selected = files not in seen
            seen.add(files)


def _offer(name: str, loadable: Any, uid: str) -> PluginOffer:
    candidates = getattr(loadable, "candidates", ())
    if candidates:
        frames = max(len(candidate.stacks) for candidate in candidates)
    else:
        frames = 1 if name == "DICOMScalarVolumePlugin" else 0
    return PluginOffer(
        plugin=name,
        name=str(loadable.name),
        series_instance_uid=uid,
        confidence=float(loadable.confidence),
        selected=bool(loadable.selected),
        warning=str(loadable.warning or ""),
        tooltip=str(loadable.tooltip or ""),
        frames=frames,
        files=len(loadable.files),
    )


def _disabled_plugins() -> set[str]:
    """The settings array is one key an element, and the key is the plugin's name."""
    settings = qt.QSettings()
    names: set[str] = set()
    if settings.contains(f"{DISABLED}/size"):
        for index in range(settings.beginReadArray(DISABLED)):
            settings.setArrayIndex(index)
            names.update(str(key) for key in list(settings.allKeys())[:1])
        settings.endArray()
    return names


def _write_disabled(names: set[str]) -> None:
    settings = qt.QSettings()
    settings.beginWriteArray(DISABLED)
    for key in list(settings.allKeys()):
        settings.remove(key)
    for index, name in enumerate(sorted(names)):
        settings.setArrayIndex(index)
        settings.setValue(name, "disabled")
    settings.endArray()
