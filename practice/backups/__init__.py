"""Copies of everything, that only we can read, and the way back from one.

``sealing`` is the file: encrypted in pieces, so that nothing of it lies in the clear and a cut or
changed one is refused. ``taking`` writes one, ``restoring`` reads it into an empty database and
looks whether it holds, ``databases`` makes and swaps those, ``pruning`` says which are kept.
Decision: docs/decisions/034-backups.md.
"""
