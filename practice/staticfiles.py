"""Static files for a browser: hashed names that may be cached for ever, compressed beforehand."""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Packages ship far more than pages ask for.
UNUSED = ("*.map", "*.scss", "css/bootstrap-*", "js/bootstrap.esm.*", "js/bootstrap.min.js")


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
        yield from super().post_process(paths, dry_run=dry_run, **options)


def is_unused(path: str, paths: dict[str, Any]) -> bool:
    stem, _, extension = path.rpartition(".")
    has_smaller_twin = f"{stem}.min.{extension}" in paths
    return has_smaller_twin or any(fnmatch(path, pattern) for pattern in UNUSED)
