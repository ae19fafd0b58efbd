"""The frame and callout of "show me": where the target is, out of the way, gone when used."""

from __future__ import annotations

import pytest
import qt

from DICOMTutorialHelperLib.panel.widget_highlighter import WidgetHighlighter, callout_place, is_gone, visible_rectangle


@pytest.fixture
def window(application):
    made = qt.QWidget()
    made.size = qt.QSize(400, 300)
    made.show()
    yield made
    made.deleteLater()


@pytest.fixture
def target(window, application):
    made = qt.QPushButton("Load", window)
    made.geometry = qt.QRect(100, 50, 80, 30)
    made.show()
    application.processEvents()
    return made


@pytest.fixture
def used():
    return []


@pytest.fixture
def pointer(used):
    made = WidgetHighlighter(lambda: used.append(True))
    yield made
    made.hide()


def around(pointer):
    """The rectangle that the four edges of the frame enclose."""
    united = qt.QRect()
    for edge in pointer.parts[:4]:
        united = united.united(edge.geometry)
    return united


def test_the_frame_encloses_the_target(pointer, target):
    pointer.point_at(target, "Here")
    assert around(pointer).contains(target.geometry)
    assert around(pointer).width() - target.width <= 10


def test_the_callout_does_not_cover_the_target(pointer, target):
    pointer.point_at(target, "Here: Load")
    assert not pointer.parts[4].geometry.intersects(target.geometry)


def test_the_frame_follows_a_target_that_moves_and_grows(application, pointer, target):
    pointer.point_at(target, "Here")
    target.geometry = qt.QRect(200, 150, 120, 40)
    application.processEvents()
    assert around(pointer).contains(target.geometry)


def test_the_frame_follows_when_its_parent_is_scrolled(application, pointer, window):
    area = qt.QScrollArea(window)
    area.geometry = qt.QRect(0, 0, 200, 120)
    inner = qt.QWidget()
    inner.minimumHeight = 600
    inner.minimumWidth = 150
    button = qt.QPushButton("deep", inner)
    button.geometry = qt.QRect(10, 80, 60, 20)
    area.setWidget(inner)
    area.show()
    application.processEvents()
    pointer.point_at(button, "Here")
    before = around(pointer).y()
    area.verticalScrollBar().value = 30
    application.processEvents()
    assert around(pointer).y() == before - 30
    area.verticalScrollBar().value = 400
    application.processEvents()
    assert not any(part.visible for part in pointer.parts)


def test_nothing_is_in_the_way_of_a_click(pointer, target):
    pointer.point_at(target, "Here")
    for part in pointer.parts:
        assert part.testAttribute(qt.Qt.WA_TransparentForMouseEvents)
        assert part.focusPolicy == qt.Qt.NoFocus
    assert target.window().childAt(target.geometry.center()) is target


def test_it_goes_away_when_the_target_is_clicked(application, pointer, target, used):
    clicks = []
    target.clicked.connect(lambda: clicks.append(True))
    pointer.point_at(target, "Here")
    place = qt.QPointF(5, 5)
    for kind, buttons in ((qt.QEvent.MouseButtonPress, qt.Qt.LeftButton), (qt.QEvent.MouseButtonRelease, qt.Qt.NoButton)):
        event = qt.QMouseEvent(kind, place, target.mapToGlobal(place), qt.Qt.LeftButton, buttons, qt.Qt.NoModifier)
        application.sendEvent(target, event)
    application.processEvents()
    assert clicks == [True]
    assert used == [True]
    assert pointer.target is None and not pointer.parts


def test_it_goes_away_when_the_target_is_used_by_keyboard(application, pointer, target, used):
    pointer.point_at(target, "Here")
    for kind in (qt.QEvent.KeyPress, qt.QEvent.KeyRelease):
        application.sendEvent(target, qt.QKeyEvent(kind, qt.Qt.Key_Space, qt.Qt.NoModifier))
    application.processEvents()
    assert used == [True]


def test_a_hidden_target_hides_the_frame_and_brings_it_back(application, pointer, target):
    pointer.point_at(target, "Here")
    target.hide()
    application.processEvents()
    assert not any(part.visible for part in pointer.parts)
    target.show()
    application.processEvents()
    assert all(part.visible for part in pointer.parts)


def test_a_target_that_was_deleted_takes_the_frame_with_it(application, pointer, window, target):
    pointer.point_at(target, "Here")
    target.setParent(None)
    target.deleteLater()
    del target
    application.sendPostedEvents(None, qt.QEvent.DeferredDelete)
    pointer._follow()
    assert not [part for part in pointer.parts if part.visible]


def test_pointing_at_something_else_lets_go_of_the_first(application, pointer, window, target):
    other = qt.QPushButton("Other", window)
    other.geometry = qt.QRect(10, 200, 60, 20)
    other.show()
    pointer.point_at(target, "one")
    pointer.point_at(other, "two")
    application.sendPostedEvents(None, qt.QEvent.DeferredDelete)
    assert len([frame for frame in window.findChildren(qt.QFrame) if type(frame) is qt.QFrame]) == 4
    assert around(pointer).contains(other.geometry)


@pytest.mark.parametrize(
    "frame", [(10, 10, 50, 20), (10, 250, 50, 20), (10, 10, 100, 280), (290, 10, 100, 280), (5, 5, 390, 290)]
)
def test_the_callout_stays_inside_the_window(frame):
    window = qt.QRect(0, 0, 400, 300)
    place = callout_place(qt.QRect(*frame), window, 180, 40)
    assert window.contains(place)


def test_only_what_can_be_seen_counts(application, window, target):
    assert visible_rectangle(target) == target.geometry
    target.geometry = qt.QRect(500, 400, 50, 20)
    assert visible_rectangle(target) is None


def test_the_callout_lies_above_what_stands_at_the_bottom():
    """There is room at the left too, but above is nearer to where one reads."""
    frame = qt.QRect(200, 260, 80, 30)
    place = callout_place(frame, qt.QRect(0, 0, 400, 300), 180, 40)
    assert place.bottom() < frame.y() and place.right() > frame.x()


@pytest.mark.parametrize("error", [ValueError, AttributeError, RuntimeError])
def test_a_widget_that_qt_deleted_is_known_to_be_gone(error):
    """PythonQt raises an AttributeError for a property of a deleted object, a ValueError for a method."""

    class Deleted:
        @property
        def visible(self):
            raise error("gone")

    assert is_gone(Deleted())


def test_a_mistake_of_this_project_is_not_taken_for_a_deleted_widget(application, pointer, target, monkeypatch):
    pointer.point_at(target, "Here")
    monkeypatch.setattr(pointer, "_place", lambda *_: target.no_such_attribute)
    with pytest.raises(AttributeError, match="no_such_attribute"):
        pointer._follow()
