"""The workspace on the running application: database, loading, views, changes, settings."""
