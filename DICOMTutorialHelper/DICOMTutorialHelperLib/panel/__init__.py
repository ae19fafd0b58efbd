"""The face of the extension inside Slicer. qt and ctk."""
