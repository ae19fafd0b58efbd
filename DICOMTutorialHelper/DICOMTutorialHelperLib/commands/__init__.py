"""The command line, one file a family of commands.

Each file offers ``add_to(subparsers)``, which adds its parsers and sets ``run``, a function of the parsed arguments that
returns the exit status (0 done, 1 something could not be done, 2 wrong usage). Heavy imports wait until ``run``.
"""
