"""Hounsfield units of the practice torso's tissues, in a scan about a minute after contrast.

They are what window presets and volume rendering presets expect: air, fat, water, soft tissue and bone as in Bushberg et al.,
The Essential Physics of Medical Imaging; enhancement of liver, spleen, kidneys and vessels as in a late arterial to portal phase.
"""

from __future__ import annotations

AIR, GAS, LUNG, FAT = -1000.0, -960.0, -860.0, -104.0
MUSCLE, SKIN, SOFT, FLUID, BILE, URINE = 58.0, 20.0, 42.0, 18.0, 6.0, 8.0
ARTERY, PULMONARY, VEIN, MYOCARDIUM = 285.0, 245.0, 165.0, 118.0
LIVER, SPLEEN, PANCREAS, GUT_WALL, PROSTATE = 110.0, 128.0, 92.0, 76.0, 60.0
KIDNEY_CORTEX, KIDNEY_MEDULLA = 205.0, 150.0
CORTICAL_BONE, SPONGY_BONE, MARROW, DISC, CORD, CARTILAGE, LIGAMENT = 1150.0, 215.0, 60.0, 85.0, 32.0, 122.0, 64.0
