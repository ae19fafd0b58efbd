"""The page a learner hands in."""
