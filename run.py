"""``flask --app run …`` and ``python run.py``: the portal on waitress."""

import waitress

from app import create_app
from config import from_environment, server_options

app = create_app(from_environment())

if __name__ == "__main__":
    waitress.serve(app, **server_options())
