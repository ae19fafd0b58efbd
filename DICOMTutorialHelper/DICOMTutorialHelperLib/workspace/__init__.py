"""The one boundary to the application: what may be asked of it, and two that answer."""
