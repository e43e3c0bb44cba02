"""Settings. The shared defaults are safe in production; what cannot have a safe default is
required, and the process stops naming the missing variable."""

import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class ConfigurationError(RuntimeError):
    """The portal refuses to start like this; the message says what to change."""


class Settings:
    """Values every kind of start shares."""

    APP_NAME = "HER-SYS Portal"
    DEMO = False
    TESTING = False
    LANGUAGES = {
        "ja": {"flag": "jp", "name": "日本語"},
        "en": {"flag": "gb", "name": "English"},
    }
    BABEL_DEFAULT_LOCALE = "ja"
    BABEL_DEFAULT_TIMEZONE = "Asia/Tokyo"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
    AUTH_TYPE = 1
    # Tables come from migrations and rights from app/security/roles.py, so FAB creates neither.
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_VIEWS = False
    FAB_ADD_SECURITY_API = False
    FAB_ADD_OPENAPI_VIEWS = False
    FAB_ADD_MENU_API = False
    FAB_API_SWAGGER_UI = False
    FAB_BASE_TEMPLATE = "base.html"
    FAB_SECURITY_MANAGER_CLASS = "app.accounts.manager.PortalSecurityManager"
    RATELIMIT_ENABLED = False
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    # With this prefix browsers take the cookie over TLS alone and give it back to this host alone.
    SESSION_COOKIE_NAME = "__Host-hersys"
    SESSION_IDLE_MINUTES = 30
    SESSION_ABSOLUTE_HOURS = 12
    # After this many failed passwords, one-time passwords or recovery codes in a row the
    # account rests; the pause between the two steps of a login is limited as well.
    LOGIN_FAILED_TRIES = 5
    LOGIN_LOCK_MINUTES = 15
    LOGIN_STEP_MINUTES = 5
    # How long a person's token for the API opens it.
    API_TOKEN_MINUTES = 30
    # Counted in the database for all processes (app/security/rates.py). At login, for one-time
    # passwords and for activation codes only wrong tries count; a known device is exempt up to
    # its own LOGIN_FAILED_TRIES. Many people share the address of an office.
    RATE_LIMITS = {
        "login_address": "100 per 15 minutes",
        "login_account": "20 per 15 minutes; 100 per day",
        "activation_address": "30 per 15 minutes",
        "search": "120 per 5 minutes",
        "api": "1200 per 5 minutes",
        "upload": "60 per 15 minutes; 400 per day",
    }
    # Patients' links: three tries of the birth date for a link (they count again only after it
    # was opened or issued anew), and wrong ones from one address whatever the link.
    RATE_LIMITS |= {
        "patient_link": "3 per 365 days",
        "patient_address": "60 per 15 minutes",
        "processing_number_wrong": "100 per 15 minutes",
    }
    # An activation code on paper is of use this long; after it was typed, choosing a password
    # may take a while.
    ACTIVATION_CODE_DAYS = 14
    ACTIVATION_STEP_MINUTES = 20
    # An account nobody uses for so long rests until an ID administrator resumes it; it is
    # marked in the list beforehand. Every account is reviewed each quarter, within these days.
    ACCOUNT_DORMANT_WARNING_DAYS = 14
    ACCOUNT_REVIEW_DAYS = 30
    # A file of activation letters is given out once, and not later than this.
    LETTER_FILE_HOURS = 2
    # A password kept under another method is brought under this one at its next use.
    FAB_PASSWORD_HASH_METHOD = "scrypt:65536:8:1"
    # The token lives as long as the session it is bound to.
    WTF_CSRF_TIME_LIMIT = None
    # The most any request may bring; pages without a file take less (app/security/bodies.py).
    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    # Parameters of a statement are personal values: they must not reach an error text or a log.
    # The library forgets compiled statements beyond 500, fewer than the screens of a dozen roles
    # ask; compiling one anew costs more than running it.
    SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = {"hide_parameters": True, "query_cache_size": 2000}
    # Background work: a process silent for the lease loses its job to the next one; files made
    # hold people's data, so they are kept for three days only.
    JOB_LEASE_SECONDS = 60
    JOB_SWEEP_SECONDS = 20
    JOB_RESEND_SECONDS = 120
    JOB_FILE_HOURS = 72
    # Scans of faxed notifications are kept so long after they were typed or discarded; the paper
    # itself is kept by the office under its own rules.
    PAPER_SCAN_DAYS = 90
    # Days after the last day of the law until the rules of data quality call a report late.
    QUALITY_LATE_TOLERANCE_DAYS = 2
    # Free analysis: a period with more cases than this is added up by a job, whose result serves so
    # many hours.
    ANALYSIS_PAGE_RECORDS = 200_000
    ANALYSIS_RESULT_HOURS = 24
    LIST_PAGE_SIZE = 25
    COUNT_LIMIT = 1_000

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        source = dict(os.environ) if environ is None else environ
        data = Path(source.get("DATA_DIR", ROOT / "var")).resolve()
        self.DATA_DIR = str(data)
        self.SQLALCHEMY_DATABASE_URI = source.get(
            "DATABASE_URL", f"sqlite:///{data / 'portal.sqlite3'}"
        )
        # PostgreSQL: the role that owns the tables, for migrations; see docs/adr/0011.
        self.DATABASE_OWNER_URL = source.get("DATABASE_OWNER_URL", "")
        # Workers on several machines need a queue all of them reach; see app/jobs/queue.py.
        self.QUEUE_URL = source.get("QUEUE_URL", "")
        self.SECRET_KEY = source.get("SECRET_KEY", "")
        # What the history is signed with; the first key writes, the others still verify. Without
        # it the keys come from SECRET_KEY, which then has to be kept here when it is replaced.
        self.HISTORY_KEYS = tuple(k for k in source.get("HISTORY_KEYS", "").split(",") if k)
        # Keys of what is encrypted: "id:base64" entries, the first writes; see SECURITY.md.
        self.FIELD_KEYS = source.get("FIELD_KEYS", "")
        self.FIELD_KEYS_FILE = source.get("FIELD_KEYS_FILE", "")
        # Tables for passing on hide numbers from 1 below the threshold and are rounded to the base;
        # 1 rounds nothing (docs/adr/0016).
        self.ANALYSIS_THRESHOLD = int(source.get("ANALYSIS_THRESHOLD", "10"))
        self.ANALYSIS_ROUNDING = int(source.get("ANALYSIS_ROUNDING", "1"))
        self.ACCOUNT_DORMANT_DAYS = int(source.get("ACCOUNT_DORMANT_DAYS", "90"))
        # The address people type, as it stands on activation letters and in mails.
        self.PORTAL_URL = source.get("PORTAL_URL", "").rstrip("/")
        # Cells of fewer people are hidden in what is published; 1 hides none. And whether a second
        # person has to sign figures off.
        self.PUBLICATION_SMALLEST_CELL = int(source.get("PUBLICATION_SMALLEST_CELL", "5"))
        # Reports with people in them leave the portal as password-protected workbooks only.
        self.REPORT_PASSWORD_REQUIRED = source.get("REPORT_PASSWORD_REQUIRED", "") == "1"
        self.PUBLICATION_SECOND_PERSON = source.get("PUBLICATION_SECOND_PERSON", "") == "1"
        # Persons whom a rule of app/matching/rules.py (CERTAIN) finds to be one are merged without
        # anybody looking, where this is "on"; see docs/adr/0018.
        self.MERGE_CERTAIN_PERSONS = source.get("MERGE_CERTAIN_PERSONS", "off") == "on"
        # Where meetings take place (Jitsi's convention: server, then the room's name); without it
        # there are none.
        self.MEETING_URL = source.get("MEETING_URL", "").rstrip("/")
        # Outgoing mail; without a host none is sent. SMTP_SECURITY: starttls, tls or none.
        self.SMTP_HOST = source.get("SMTP_HOST", "")
        self.SMTP_PORT = int(source.get("SMTP_PORT", "587"))
        self.SMTP_SECURITY = source.get("SMTP_SECURITY", "starttls")
        self.SMTP_USER = source.get("SMTP_USER", "")
        self.SMTP_PASSWORD = source.get("SMTP_PASSWORD", "")
        self.MAIL_FROM = source.get("MAIL_FROM", "")
        # SMS by a provider over HTTP (app/messaging/sms.py); without an address none is sent. Reports
        # of delivery are signed with the secret of the webhook.
        self.SMS_URL = source.get("SMS_URL", "").rstrip("/")
        self.SMS_KEY = source.get("SMS_KEY", "")
        self.SMS_SENDER = source.get("SMS_SENDER", "")
        self.SMS_PRICE_YEN = source.get("SMS_PRICE_YEN", "8")
        self.MESSAGE_WEBHOOK_SECRET = source.get("MESSAGE_WEBHOOK_SECRET", "")
        # No SMS leaves outside these hours (Japanese clock).
        self.MESSAGE_HOURS = source.get("MESSAGE_HOURS", "08:00-20:00")
        # The contact app's server asks whether a processing number is genuine, with this key; without
        # one it is not answered. The name of the parameter and the two results are agreed with it.
        self.PROCESSING_NUMBER_KEY = source.get("PROCESSING_NUMBER_KEY", "")
        self.PROCESSING_NUMBER_PARAMETER = source.get(
            "PROCESSING_NUMBER_PARAMETER", "processingNumber"
        )
        self.PROCESSING_NUMBER_RESULTS = source.get("PROCESSING_NUMBER_RESULTS", "0,1")
        # Automatic calls by a provider over HTTP (app/voice/gateway.py); without an address nobody is
        # called. Its webhooks are signed with the token.
        self.VOICE_URL = source.get("VOICE_URL", "").rstrip("/")
        self.VOICE_ACCOUNT = source.get("VOICE_ACCOUNT", "")
        self.VOICE_TOKEN = source.get("VOICE_TOKEN", "")
        self.VOICE_FROM = source.get("VOICE_FROM", "")
        # Nobody is called outside these hours (Japanese clock); how often and after how many minutes
        # again; how many calls at once.
        self.VOICE_HOURS = source.get("VOICE_HOURS", "08:00-20:00")
        self.VOICE_TRIES = source.get("VOICE_TRIES", "3")
        self.VOICE_RETRY_MINUTES = source.get("VOICE_RETRY_MINUTES", "20")
        self.VOICE_LINES = source.get("VOICE_LINES", "20")
        # Who has not reported is reminded from the first time on, once more from the second.
        self.REMINDER_TIMES = source.get("REMINDER_TIMES", "10:00,17:00")
        self.TRUSTED_HOSTS = [h for h in source.get("TRUSTED_HOSTS", "").split(",") if h] or None


class ProductionSettings(Settings):
    """A real installation: nothing is assumed."""

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        super().__init__(environ)
        if len(self.SECRET_KEY) < 32:
            raise ConfigurationError("SECRET_KEY must be set to at least 32 characters")
        if any(len(key) < 32 for key in self.HISTORY_KEYS):
            raise ConfigurationError("HISTORY_KEYS must have at least 32 characters each")
        if not self.FIELD_KEYS and not self.FIELD_KEYS_FILE:
            raise ConfigurationError(
                "FIELD_KEYS or FIELD_KEYS_FILE must be set: identifying items are encrypted"
            )
        if not self.TRUSTED_HOSTS:
            raise ConfigurationError(
                "TRUSTED_HOSTS must name the portal's host names, separated by commas"
            )


class DemoSettings(Settings):
    """``make run``: demo accounts on this machine, plain HTTP on loopback."""

    DEMO = True
    SESSION_COOKIE_SECURE = False
    SESSION_COOKIE_NAME = "hersys"

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        super().__init__(environ)
        self.SECRET_KEY = self.SECRET_KEY or _kept_secret(Path(self.DATA_DIR))
        if not self.FIELD_KEYS:
            # Made at the first start, for the portal's own user only.
            self.FIELD_KEYS_FILE = self.FIELD_KEYS_FILE or f"{self.DATA_DIR}/field-keys"
            self.FIELD_KEYS_MADE = True
        self.PORTAL_URL = self.PORTAL_URL or "http://127.0.0.1:8080"
        # The provider of the demonstration: make sms (app/devtools/sms_provider.py).
        self.SMS_URL = self.SMS_URL or "http://127.0.0.1:8079"
        self.SMS_KEY = self.SMS_KEY or "demo"
        self.MESSAGE_WEBHOOK_SECRET = self.MESSAGE_WEBHOOK_SECRET or self.SECRET_KEY[:32]
        # The telephone of the demonstration: make calls (app/devtools/call_simulator.py).
        self.VOICE_URL = self.VOICE_URL or "http://127.0.0.1:8078"
        self.VOICE_ACCOUNT = self.VOICE_ACCOUNT or "demo"
        self.VOICE_TOKEN = self.VOICE_TOKEN or self.SECRET_KEY[:32]
        self.VOICE_FROM = self.VOICE_FROM or "+81300000000"


class TestSettings(Settings):
    """The test-suite: a database given by each test."""

    TESTING = True
    SESSION_COOKIE_SECURE = False
    SESSION_COOKIE_NAME = "hersys"
    # The cheapest form of the same hash: tests log in often.
    FAB_PASSWORD_HASH_METHOD = "scrypt:512:8:1"

    def __init__(self, database_url: str, **overrides: Any) -> None:
        super().__init__({})
        self.SECRET_KEY = "for-tests-only-for-tests-only-for-tests"
        self.FIELD_KEYS = "1:" + "Zm9yLXRl" * 5 + "c3Q="
        self.SQLALCHEMY_DATABASE_URI = database_url
        self.PORTAL_URL = "https://portal.example"
        for name, value in overrides.items():
            setattr(self, name, value)


def from_environment() -> Settings:
    """Demo settings when ``PORTAL_MODE=demo``, else production."""
    return DemoSettings() if os.environ.get("PORTAL_MODE") == "demo" else ProductionSettings()


def server_options(environ: dict[str, str] | None = None) -> dict[str, Any]:
    """What ``waitress`` is started with.

    ``TRUSTED_PROXY`` is the address of the reverse proxy whose ``X-Forwarded-`` headers are
    believed; from everybody else, and without it from anybody, they are taken off.
    """
    source = dict(os.environ) if environ is None else environ
    options: dict[str, Any] = {
        "host": source.get("HOST", "127.0.0.1"),
        "port": int(source.get("PORT", "8080")),
        "threads": 8,
        "ident": None,
        "max_request_header_size": 64 * 1024,
        "max_request_body_size": Settings.MAX_CONTENT_LENGTH + 1024,
        "clear_untrusted_proxy_headers": True,
    }
    if proxy := source.get("TRUSTED_PROXY", ""):
        options |= {
            "trusted_proxy": proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {
                "x-forwarded-for",
                "x-forwarded-proto",
                "x-forwarded-host",
            },
        }
    return options


def _kept_secret(directory: Path) -> str:
    """A random key made once per demo directory, so that sessions survive a restart."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "demo-secret"
    if not path.exists():
        path.write_text(os.urandom(32).hex())
        path.chmod(0o600)
    return path.read_text()
