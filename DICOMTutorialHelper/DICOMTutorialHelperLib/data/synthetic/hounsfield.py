"""Hounsfield units of the practice torso's tissues, in a scan about a minute after contrast.

They are what window presets and volume rendering presets expect.
"""

from __future__ import annotations

AIR, GAS, LUNG, FAT = -1000.0, -940.0, -855.0, -102.0
MUSCLE, SKIN, SOFT, FLUID, BILE = 58.0, 25.0, 42.0, 18.0, 8.0
ARTERY, PULMONARY, VEIN, MYOCARDIUM = 285.0, 245.0, 155.0, 125.0
LIVER, SPLEEN, PANCREAS, GUT_WALL = 112.0, 128.0, 95.0, 78.0
KIDNEY_CORTEX, KIDNEY_MEDULLA = 205.0, 150.0
BONE_SHELL, MARROW, SPONGY_BONE, DISC, CORD, CARTILAGE = 620.0, 130.0, 230.0, 95.0, 35.0, 110.0
