"""Makes the README's animation of the guide at work from the pictures of steps that ``steps_in_slicer.py`` took.

    python Testing/Screenshots/animation.py FOLDER/fr Resources/Screenshots/guide.webp

Steps are chosen with ``--steps``, in the order given. The quality is the best with which the file has at most ``--most`` bytes.
Needs Pillow.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from PIL import Image

STEPS = ("welcome", "load-ct", "window-level", "rendering", "play", "curve")
QUALITIES = range(90, 9, -5)


def main() -> int:
    """0 where the animation was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", nargs="+", default=STEPS)
    parser.add_argument("--width", type=int, default=880)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each step is shown")
    parser.add_argument("--most", type=int, default=200_000, help="bytes")
    arguments = parser.parse_args()
    frames = [_frame(arguments.pictures / f"{step}.jpg", arguments.width) for step in arguments.steps]
    for quality in QUALITIES:
        data = _animation(frames, quality, arguments.seconds)
        if len(data) <= arguments.most:
            arguments.out.write_bytes(data)
            print(f"{arguments.out}: {len(frames)} steps, {len(data)} bytes, quality {quality}")
            return 0
    print(f"{len(frames)} steps {arguments.width} pixels wide do not fit into {arguments.most} bytes", file=sys.stderr)
    return 1


def _frame(path: Path, width: int) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB").resize((width, round(picture.height * width / picture.width)), Image.LANCZOS)


def _animation(frames: list[Image.Image], quality: int, seconds: float) -> bytes:
    file = io.BytesIO()
    frames[0].save(
        file, "WEBP", save_all=True, append_images=frames[1:], duration=round(1000 * seconds), loop=0, quality=quality, method=6
    )
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
