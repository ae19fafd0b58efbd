"""Every tolerance of examination, each with its unit and the reason for its value."""

from __future__ import annotations

# How far a slice's corners may lie from a regular grid before the spacing counts as uneven: the promise (every voxel of a
# loaded volume lies where its header puts it, to 0.01 mm), less what writing and reading back a transform or a NRRD header
# may cost.
GRID_RESIDUAL_MM = 0.009

# Two slices nearer than this lie at one position: headers give positions with two decimals at the least.
SAME_POSITION_MM = 0.01

# Direction cosines that differ by less belong to one orientation (0.06 degrees): scanners round them to between 3 and 6
# decimals; the grid takes up what remains where it moves a corner by more than GRID_RESIDUAL_MM.
SAME_ORIENTATION = 1e-3

# Pixel spacings are the same when the far corner of the matrix moves by less.
SAME_SPACING_CORNER_MM = 0.01

# Below this the slice direction is put into the matrix as it is: rounded direction cosines look like such tilts, and no gantry
# is tilted by so little on purpose.
TILT_DEGREES = 0.1

# Two runs of slices are separate stacks, not one stack with holes, where the gap between them is at least this many spacings.
STACK_GAP_IN_SPACINGS = 3.0

# SpacingBetweenSlices disagrees with the positions when it differs by more: half a unit of the second decimal would be
# rounding.
SPACING_TAG_MM = 0.01
