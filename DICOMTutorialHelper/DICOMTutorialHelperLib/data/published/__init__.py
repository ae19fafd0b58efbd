"""Published data sets: their catalogue, getting them, unpacking them, and recognising them by content."""
