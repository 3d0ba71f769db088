"""Static files for a browser: hashed names that may be cached for ever, compressed beforehand."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.template import engines
from whitenoise.storage import CompressedManifestStaticFilesStorage

from .stylesheets import trimmed, words_of_script, words_of_template

# Packages ship far more than pages ask for.
UNUSED = ("*.map", "*.scss", "css/bootstrap-*", "js/bootstrap.esm.*", "js/bootstrap.min.js")

# Of Bootstrap, pages are sent what they can meet: a third of its weight (docs/look.md).
TRIMMED = "css/bootstrap.*min.css"
WITH_CLASSES = ("practice", "clients", "assessments", "crispy_forms", "crispy_bootstrap5")


class Storage(CompressedManifestStaticFilesStorage):
    # Django would also follow references to source maps, and fail: they are not collected.
    patterns = tuple(
        (files, tuple(p for p in patterns if "sourceMappingURL" not in str(p)))
        for files, patterns in CompressedManifestStaticFilesStorage.patterns
    )

    def stored_name(self, name: str) -> str:
        """Where nothing was collected, as in tests, files go by the names of their sources."""
        return str(super().stored_name(name)) if self.hashed_files else name

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        for path in [path for path in paths if is_unused(path, paths)]:
            del paths[path]
            if not dry_run:
                self.delete(path)
        for path in [] if dry_run else [path for path in paths if fnmatch(path, TRIMMED)]:
            source, name = paths[path]
            with source.open(name) as file:
                css = trimmed(file.read().decode(), class_names(), own_styles())
            self.delete(path)
            paths[path] = (self, self.save(path, ContentFile(css.encode())))
        yield from super().post_process(paths, dry_run=dry_run, **options)


def class_names() -> set[str]:
    """Every word that may be a class on a page: of templates, and of code that forms one."""
    folders = engines["django"].template_dirs
    templates = (path for folder in folders for path in Path(folder).rglob("*.html"))
    code = (
        path
        for app in WITH_CLASSES
        for kind in ("*.py", "*.js")
        for path in Path(apps.get_app_config(app).path).rglob(kind)
    )
    return set().union(
        *(words_of_template(path.read_text("utf-8")) for path in templates),
        *(words_of_script(path.read_text("utf-8")) for path in code),
    )


def own_styles() -> str:
    folder = Path(str(finders.find("trellis")))
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.css")))


def is_unused(path: str, paths: dict[str, Any]) -> bool:
    stem, _, extension = path.rpartition(".")
    has_smaller_twin = f"{stem}.min.{extension}" in paths
    return has_smaller_twin or any(fnmatch(path, pattern) for pattern in UNUSED)
