"""Hounsfield units of the practice torso's tissues after contrast: what window presets and volume rendering presets expect.

Air, fat, water, soft tissue and bone are as in Prokop and Galanski, Spiral and Multislice CT of the Body (2003). Arteries and
kidney cortex are as bright as some 40 s after the injection, the liver as at 70 s, 50 HU over its 60 without contrast: no one
scan has both, but organs and vessels are to stand apart. Psoas without contrast measures 48 ± 6 HU (Lawlor et al., J Frailty
Sarcopenia Falls 2022).
"""

from __future__ import annotations

AIR, GAS, LUNG, FAT = -1000.0, -960.0, -860.0, -104.0
MUSCLE, SKIN, SOFT, FLUID, BILE, URINE = 58.0, 20.0, 42.0, 18.0, 6.0, 8.0
ARTERY, PULMONARY, VEIN, MYOCARDIUM = 285.0, 245.0, 165.0, 118.0
LIVER, SPLEEN, PANCREAS, GUT_WALL, PROSTATE = 110.0, 128.0, 92.0, 76.0, 60.0
KIDNEY_CORTEX, KIDNEY_MEDULLA = 205.0, 150.0
CORTICAL_BONE, SPONGY_BONE, MARROW, DISC, CORD, CARTILAGE, LIGAMENT = 1150.0, 215.0, 60.0, 85.0, 32.0, 122.0, 64.0
