"""The guide without a face: parts, steps, checks, actions. The world is reached through a Workspace only."""
