"""The practice picture: what an owner sees of a whole practice, without seeing anybody.

``care`` counts people, what was answered and how long it took: how the practice works, and nobody's
answers. ``moved`` what became of published instruments, and ``tools`` how well the practice's
reflection tools measure: both are made of answers, so of those alone who agreed to be counted
(decision 029). ``making`` puts them together in a worker, one practice at a time, and keeps what
may be shown. ``page`` reads that.

Only ``making`` and ``tools`` know numpy, so whatever a web process loads is ``page``.
"""
