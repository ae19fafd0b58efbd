"""What the panel shows, as data: a step, a report, why a series loads as it does. No Qt."""
