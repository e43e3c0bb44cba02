"""The same file by django-import-export into one plain table: what an import costs elsewhere.

    python -m bench.django_import FILE DATABASE [--bulk]

Prints the rows, seconds of processor time and megabytes as JSON. Started by bench.imports in a
process of its own. Django and django-import-export are needed for this comparison alone.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from app.devtools.nesid_file import HEADINGS

NAMES = tuple(f"c{at}" for at in range(len(HEADINGS)))


def main() -> None:
    file, database = Path(sys.argv[1]), sys.argv[2]
    resource_of_rows, table = _prepared(database, in_bulk="--bulk" in sys.argv)
    began = time.process_time()
    import tablib

    with file.open(encoding="cp932", newline="") as stream:
        rows = tablib.Dataset().load(stream.read(), format="csv")
    rows.headers = list(NAMES)
    result = resource_of_rows.import_data(rows, dry_run=False, raise_errors=True)
    seconds = time.process_time() - began
    assert not result.has_errors()
    assert table.objects.count() == len(rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": len(rows), "seconds": seconds, "megabytes": peak}))


def _prepared(database: str, *, in_bulk: bool) -> tuple[Any, Any]:
    import django
    from django.conf import settings

    databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}}
    settings.configure(DATABASES=databases, INSTALLED_APPS=["import_export", "bench"], USE_TZ=True)
    django.setup()
    from django.db import connection, models
    from import_export import resources

    fields: dict[str, Any] = {name: models.TextField(blank=True) for name in NAMES}
    fields[NAMES[0]] = models.CharField(max_length=60, db_index=True)
    place = {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "bench"})}
    table = type("Row", (models.Model,), fields | place)
    with connection.schema_editor() as editor:
        editor.create_model(table)
    said = {"model": table, "fields": NAMES, "import_id_fields": (NAMES[0],)}
    quick = {"use_bulk": True, "batch_size": 1000, "skip_diff": True} if in_bulk else {}
    meta = type("Meta", (), said | quick)
    return type("RowResource", (resources.ModelResource,), {"Meta": meta})(), table


if __name__ == "__main__":
    main()
