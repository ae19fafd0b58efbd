"""From files to candidates: what a series holds, where it lies, and what is odd about it. pydicom and numpy only."""
