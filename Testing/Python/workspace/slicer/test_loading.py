"""Which plugins are asked, what is selected of their offers, and how it is loaded."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from DICOMTutorialHelperLib.workspace import interface as w


def loadable(name="L", confidence=0.5, files=("a",), selected=True, **more):
    return SimpleNamespace(name=name, confidence=confidence, files=list(files), selected=selected, warning="", tooltip="", **more)


class TestLoading:
    @pytest.fixture
    def loading(self, host, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer.loading import SlicerLoading

        monkeypatch.setattr(host.modules, "dicomPlugins", {"A": None, "B": None})
        return SlicerLoading()

    def test_plugins_are_disabled_in_the_settings_where_there_is_no_check_box(self, loading):
        import qt

        from DICOMTutorialHelperLib.workspace.slicer.loading import _disabled_plugins

        assert loading.plugins() == (w.PluginInfo("A", True), w.PluginInfo("B", True)) and _disabled_plugins() == set()
        loading.set_enabled("B", False), loading.set_enabled("A", False)
        assert loading.plugins() == (w.PluginInfo("A", False), w.PluginInfo("B", False))
        settings = qt.QSettings()
        assert settings.value("DICOM/disabledPlugins/1/A") == settings.value("DICOM/disabledPlugins/2/B") == "disabled"
        loading.set_enabled("A", True)
        assert loading.plugins() == (w.PluginInfo("A", True), w.PluginInfo("B", False))
        settings = qt.QSettings()
        assert int(settings.value("DICOM/disabledPlugins/size")) == 1 and not settings.contains("DICOM/disabledPlugins/2/B")
        loading.set_enabled("B", True)
        assert _disabled_plugins() == set()
        with pytest.raises(w.WorkspaceError) as told:
            loading.set_enabled("C", True)
        assert told.value.fields == {"plugin": "C"}

    def test_the_check_box_of_the_module_is_what_counts(self, loading, host, monkeypatch):
        box = SimpleNamespace(checked=True)
        widget = SimpleNamespace(pluginSelector=SimpleNamespace(checkBoxByPlugin={"A": box}))
        monkeypatch.setattr(host.modules, "DICOMWidget", widget, raising=False)
        loading.set_enabled("A", False)
        assert box.checked is False and all(one.enabled for one in loading.plugins()), "the box writes the settings"
        loading.set_enabled("B", False)
        assert loading.plugins()[1].enabled is False
        loading.set_enabled("B", True)

    def test_offers_come_with_the_surest_first(self, loading, monkeypatch):
        stacks = [SimpleNamespace(stacks=[1, 2]), SimpleNamespace(stacks=[1, 2, 3])]
        offered = {
            "DICOMScalarVolumePlugin": [loadable("s", 0.5, ("a", "b"), False), loadable("t", 0.9)],
            "A": [loadable("a", 0.5, candidates=stacks), loadable("b", 0.1)],
        }
        monkeypatch.setattr(loading, "_examine", lambda files, progress: offered)
        rows = loading.offers("1.2", [Path("a")])
        assert [(row.name, row.plugin, row.frames, row.files, row.selected, row.confidence) for row in rows] == [
            ("t", "DICOMScalarVolumePlugin", 1, 1, True, 0.9), ("a", "A", 3, 1, True, 0.5),
            ("s", "DICOMScalarVolumePlugin", 1, 2, False, 0.5), ("b", "A", 0, 1, True, 0.1),
        ]  # fmt: skip
        assert {row.series_instance_uid for row in rows} == {"1.2"}

    def test_of_one_plugin_its_best_is_loaded(self, loading, monkeypatch):
        offered = {"A": [loadable("a", 0.5, selected=False), loadable("b", 0.9, selected=False)], "B": [loadable("c", 1.0)]}
        loaded = []
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: loaded.append(only) or offered)
        monkeypatch.setattr(loading, "_load", lambda chosen, messages, progress: loaded.append(chosen) or ["node"])
        assert loading.load([Path("a")], "A", None) == ["A"]
        assert loaded == [{"A"}, {"A": [offered["A"][1]], "B": []}]

    def test_nothing_offered_and_nothing_loaded_are_told_apart(self, loading, monkeypatch, caplog):
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: {"A": [loadable("a", selected=False)]})
        with pytest.raises(w.WorkspaceError, match=r"load[.]no-offer"):
            loading.load([Path("a")], "", None)
        with pytest.raises(w.WorkspaceError, match=r"load[.]no-offer"):
            loading.load([Path("a")], "B", None)
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: {"A": [loadable("a"), loadable("b")]})
        monkeypatch.setattr(loading, "_load", lambda chosen, messages, progress: messages.extend(["secret", "x"]))
        with pytest.raises(w.WorkspaceError) as told:
            loading.load([Path("a")], "", None)
        assert (told.value.reason, told.value.detail, told.value.fields) == ("load.failed", "secret; x", {"name": "a, b"})
        assert "loading gave 2 messages" in caplog.text and "secret" not in caplog.text

    def test_of_all_plugins_the_surest_is_selected(self, loading, host, monkeypatch):
        """As the DICOM browser selects: of a series the highest confidence, of one plugin each set of files once."""

        def plugin(*offered):
            return type("Plugin", (), {"examineForImport": lambda self, files: list(offered)})

        monkeypatch.setattr(
            host.modules,
            "dicomPlugins",
            {
                "A": plugin(loadable("low", 0.5), loadable("none", 0.9, ())),
                "B": plugin(
                    loadable("high", 0.8, ("a", "b"), False), loadable("same", 0.8, ("b", "a"), False), loadable("c", 0.1)
                ),
            },
        )
        offered = loading._examine([Path("a"), Path("b")], None)
        assert {name: [(one.name, one.selected) for one in rows] for name, rows in offered.items()} == {
            "A": [("low", False)], "B": [("high", True), ("same", False), ("c", False)],
        }  # fmt: skip

    def test_without_files_or_plugins_nobody_is_asked(self, loading, monkeypatch):
        assert loading._examine([], None) == {} and loading._examine([Path("a")], None, {"C"}) == {}


def test_of_one_plugins_rows_for_the_same_files_the_first_stays_selected(started):
    from DICOMTutorialHelperLib.workspace.slicer.loading import _select_each_file_set_once

    rows = [SimpleNamespace(files=files, selected=True) for files in (["a", "b"], ["b", "a"], ["c"])]
    _select_each_file_set_once(rows)
    assert [row.selected for row in rows] == [True, False, True]


@pytest.mark.parametrize(("confidence", "asked_others"), [(1.1, False), (0.6, True), (0.4, True)])
def test_other_plugins_are_not_asked_where_none_could_outdo_the_sequence(started, confidence, asked_others):
    from DICOMTutorialHelperLib.workspace.slicer.loading import OWN_PLUGINS, SlicerLoading

    asked = []

    class Loading(SlicerLoading):
        def _examine(self, files, progress, only=None):
            asked.append(only)
            return {"DICOMTutorialSequencePlugin": [SimpleNamespace(selected=True, confidence=confidence)]}

    Loading()._examine_for_loading(["a.dcm"], None)
    assert asked == ([OWN_PLUGINS, None] if asked_others else [OWN_PLUGINS])
