"""The practice picture: what an owner sees of a whole practice, without seeing anybody.

``care`` counts people, what was answered and how long it took; ``moved`` what became of published
instruments; ``tools`` how well the practice's reflection tools measure; ``making`` puts them
together in a worker, one practice at a time, and keeps what may be shown. ``page`` reads that.

Only ``making`` and ``tools`` know numpy, so whatever a web process loads is ``page``.
"""
