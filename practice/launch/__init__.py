"""`make demo`, `make run` and `make demo-reset`: everything on one machine until Ctrl-C.

Not management commands: Django's settings want keys and a database, which are made here first.
"""
