"""``flask --app run …`` and ``python run.py``: the portal on waitress."""

import waitress

from app import create_app
from app.core.logs import start_logging
from app.surge.watch import watch_server
from config import from_environment, server_options

app = create_app(from_environment())

if __name__ == "__main__":
    start_logging()
    server = waitress.create_server(app, **server_options())
    watch_server(app, server)
    server.run()
