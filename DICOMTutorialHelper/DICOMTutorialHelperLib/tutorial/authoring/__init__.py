"""What a teacher needs who writes a tutorial: a check of it, a list of all words there are, and a tutorial to begin with."""
