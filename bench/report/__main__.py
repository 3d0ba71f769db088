import sys

from bench.ground import say
from practice.processes import Problem

from . import write

try:
    write()
except Problem as problem:
    say(str(problem))
    sys.exit(1)
