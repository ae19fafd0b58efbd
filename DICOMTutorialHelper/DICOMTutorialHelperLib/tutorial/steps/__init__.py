"""What steps check, do and show: checks, actions and tables, and the registry that knows them by name."""
