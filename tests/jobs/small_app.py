"""A small application of jobs alone, and two kinds of work with countable steps."""

import time
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel

import app.exports.tasks
import app.jobs.scope
import app.surge.scope  # its law
from app.audit.models import ReadEntry
from app.core.crypto.keys import install_keys
from app.core.db import db
from app.core.errors import InvalidState
from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.models import JobRun
from app.jobs.queue import install_queue
from app.jobs.registry import Result, job
from app.security.actor import Actor, current_actor
from app.security.roles import RoleName
from app.security.session import install_laws
from app.surge.models import SurgeSwitch
from config import TestSettings

AOKI = Actor(1, "aoki", RoleName.HEALTH_CENTRE_CLERK, 10, 100, "13")
BABA = Actor(2, "baba", RoleName.HEALTH_CENTRE_CLERK, 10, 100, "13")
LAWS = (app.jobs.scope, app.exports.tasks)


def make_app(url: str, data: Path, **settings: Any) -> Flask:
    """The application on a database that may still be empty."""
    made = Flask("app")
    made.config.from_object(TestSettings(url, DATA_DIR=str(data), **settings))
    # Without catalogues: sentences of the interface stand as they are in the code.
    made.config["BABEL_TRANSLATION_DIRECTORIES"] = str(data)
    Babel(made, default_locale="ja")
    db.init_app(made)
    install_keys(made)
    install_queue(made)
    with made.app_context():
        install_laws(db.session)
        tables = [JobRun.__table__, ReadEntry.__table__, SurgeSwitch.__table__]
        db.metadata.create_all(db.engine, tables=tables)  # type: ignore[arg-type]
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    return made


@job("count_steps", title=Label("段階を数える", "Count steps"))
def count_steps(ctx: JobContext) -> Result:
    """Write a line per step into the job's file; note each start and end in ``log``."""
    log = Path(ctx.parameters["log"])
    _note(log, "start")
    path = ctx.output_path("結果.txt")
    total = int(ctx.parameters["steps"])
    with path.open("w", encoding="utf-8") as stream:
        for step in range(total):
            stream.write(f"{step}\n")
            ctx.progress(step + 1, total)
            _note(log, f"step {step}")
            time.sleep(float(ctx.parameters.get("pause", 0)))
    _note(log, "end")
    return Result(path, {"rows": total})


@job("who", title=Label("誰", "Who"))
def who(ctx: JobContext) -> Result:
    """Say as whom the work is done."""
    actor = current_actor()
    return Result(message=f"{actor.name}/{actor.institution_id}" if actor else "nobody")


@job("break", title=Label("壊れる", "Break"))
def break_down(ctx: JobContext) -> Result:
    """Fail as a database would, with a person's name in the exception."""
    raise ValueError(ctx.parameters["name"])


@job("refuse", title=Label("断る", "Refuse"))
def refuse(ctx: JobContext) -> Result:
    """Fail as a rule would."""
    raise InvalidState("対象がありません")


def _note(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"{text}\n")
