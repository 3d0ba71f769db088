#!/usr/bin/env python
import os
import sys

# What changes tables, or reads and writes them whole. All else runs behind the wall.
BY_THE_OWNER = {"prepare", "demo_prepare", "migrate", "sqlmigrate", "backup", "restore"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
    if os.environ.get("DATABASE_OWNER_URL") and BY_THE_OWNER.intersection(sys.argv[1:2]):
        os.environ["AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
