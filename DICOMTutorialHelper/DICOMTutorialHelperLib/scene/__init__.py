"""From candidates to MRML nodes, and a workspace without the application. slicer and vtk, no Qt."""
