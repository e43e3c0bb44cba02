"""``flask --app run …`` and ``python run.py``: the portal on waitress."""

import os

import waitress

from app import create_app
from config import from_environment

app = create_app(from_environment())

if __name__ == "__main__":
    waitress.serve(
        app,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8080")),
        threads=8,
        ident=None,
    )
