"""The workspace without the application, on slicer-core: database of folders, scene, views. slicer and vtk, no Qt."""
