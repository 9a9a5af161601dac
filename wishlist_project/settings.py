"""All settings. Every value that differs between installations comes from the environment.

`value` reads each variable (see core/environment.py): `NAME`, or the content of the file that `NAME_FILE` names, from the
process, then `.env`, then the file of generated secrets. A wrong value stops the start with an error that names the
variable.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.environment import Environment
from core.http.network import LOOPBACK, address_of
from jobs.queues import MAIL, PEOPLES_JOBS

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules

# ENV_FILE is for tests, which must not depend on the machine's `.env`.
value = Environment(Path(os.environ.get("ENV_FILE", BASE_DIR / ".env")))
DATA_DIR = value.path("DATA_DIR", BASE_DIR / "var")
value.add_file(DATA_DIR / "secrets.env")

# --- where this runs -------------------------------------------------------------------------------------------

HOST = value.text("HOST", "127.0.0.1")
PORT = value.integer("PORT", 8000, least=1, most=65535)
SITE_URL = value.url("SITE_URL", address_of(HOST, PORT))
SITE_HOST = str(urlsplit(SITE_URL).hostname)
DEBUG = value.bool("DEBUG", HOST in LOOPBACK and SITE_HOST in LOOPBACK)
"""On by default only if the server and the site's address are both on loopback."""
ALLOWED_HOSTS = [*value.words("ALLOWED_HOSTS", [SITE_HOST]), "localhost", "127.0.0.1", "[::1]"]
TRUSTED_PROXIES = value.networks("TRUSTED_PROXIES", "")
"""Proxies whose X-Forwarded-For and X-Forwarded-Proto headers are believed (core/http/client_address.py)."""
OUTGOING_NETWORKS = value.networks("OUTGOING_NETWORKS", "")
"""Networks beside the public internet to which webhooks and web push may be sent (core/outgoing/posting.py)."""
INTERNAL_IPS = ["127.0.0.1", "::1"]
SERVER = value.choice("SERVER", "daphne", ("daphne", "uvicorn"))

# --- secrets: the first one signs, all verify, so that they can be rotated -----------------------------------------

_insecure = "development-only-not-a-secret-" if DEBUG else ""
SECRET_KEY, *SECRET_KEY_FALLBACKS = value.secrets(
    "SECRET_KEY", _insecure and _insecure + "django-0123456789-abcdefghij"
)
JWT_SECRET_KEY, *JWT_SECRET_KEY_FALLBACKS = value.secrets(
    "JWT_SECRET_KEY", _insecure and _insecure + "jwt-0123456789-abcdefghij"
)
LINK_SECRET, *LINK_SECRET_FALLBACKS = value.secrets(
    "LINK_SECRET", _insecure and _insecure + "link-0123456789-abcdefghij"
)

# --- apps and middleware ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Not "daphne": it would load its server, some 20 MB, also into uvicorn's processes and workers.
    "wishlist_project",
    "accounts",
    "jobs",
    "notices",
    "people",
    "wishlists",
    "sharing",
    "moderation",
    "exchanges",
    "realtime",
    "webhooks",
    "wishlist_project.apps.ModerationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework",
]

MIDDLEWARE = [
    "core.http.request_ids.request_ids",
    "core.http.unchanged.unchanged",
    "core.http.forwarded_scheme.forwarded_scheme",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.http.clean_requests.clean_requests",
    "core.db.absent_database.absent_database",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LiveSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.pages.ended_log_ins.EndedLogIns",
    "accounts.web.form_repeats.FormRepeats",
    "core.errors.refusal_answers.RefusalAnswers",
]

ROOT_URLCONF = "wishlist_project.urls"
ASGI_APPLICATION = "wishlist_project.asgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.pages.page_tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

# --- database ---------------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": value.database("DATABASE_URL", f"sqlite:///{DATA_DIR}/wishlist.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMBEDDED_DATABASE = "sqlite3" in DATABASES["default"]["ENGINE"]
if EMBEDDED_DATABASE:
    value.folder("DATA_DIR", DATA_DIR)
    # A thread keeps its connection for some requests: opening one costs as much as a request, because SQLite parses the
    # schema and each statement again. It is closed soon, so that another file or other permissions are noticed.
    DATABASES["default"]["CONN_MAX_AGE"] = 5
    DATABASES["default"]["ENGINE"] = "core.db.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Under ASGI each request has a thread, so the pool must limit the connections.
    DATABASE_POOL = value.integer("DATABASE_POOL", 12, least=5, most=200)
    DATABASE_STATEMENT_SECONDS = value.number("DATABASE_STATEMENT_SECONDS", 5.0, least=0.2)
    """Timeout of a statement in a request. Jobs and commands have no timeout."""
    DATABASE_IDLE_SECONDS = 15
    """A pool closes one unused connection in each such period, because many processes may share a database."""
    given = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"] |= {
        "ENGINE": "core.db.postgresql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": 2,
            # So that the kernel detects a dead database host, also for connections without a timeout.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        }
        | given
        | {
            # PostgreSQL compiles a wide statement anew each time, which takes longer than the statement. The options of
            # DATABASE_URL come later, and win.
            "options": f"-c jit=off {given.get('options', '')}".rstrip(),
            "pool": {
                "min_size": 1,
                "max_size": DATABASE_POOL,
                "timeout": 10,
                "max_idle": DATABASE_IDLE_SECONDS,
            },
        },
    }

TEST_WITHOUT_LOCKS = value.bool("TEST_WITHOUT_LOCKS", False)
"""Negative control of the race tests. Only allowed in tests."""
if TEST_WITHOUT_LOCKS and not (TESTING or value.bool("TEST_SERVER", False)):
    raise ImproperlyConfigured(
        "TEST_WITHOUT_LOCKS is for tests: it switches off what keeps a gift from being taken twice."
    )

# --- real time and jobs --------------------------------------------------------------------------------------------

REDIS_URL = value.redis("REDIS_URL", "")
CHANNEL_PREFIX = value.text("CHANNEL_PREFIX", "wishlist")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": CHANNEL_PREFIX},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
REALTIME_LOOK_SECONDS = value.number("REALTIME_LOOK_SECONDS", 2.0, least=0.0)
"""How often a hub looks for events without a hint. 0 switches that off (for tests of the hints)."""
REALTIME_HINTS = value.bool("REALTIME_HINTS", True)
"""Whether a change sends a hint at once. If off, events arrive when the hub looks next (for tests of that)."""
REALTIME_FANOUT = value.choice("REALTIME_FANOUT", "hub", ("hub", "channels"))
"""`channels` is the usual way, with a channel per socket, for comparison (docs/adr/0001-one-hub-per-process.md)."""

PROCESSES = value.integer("PROCESSES", 1, least=1, most=64)
"""How many server processes `manage.py serve` starts on its port."""
if PROCESSES > 1 and (EMBEDDED_DATABASE or not REDIS_URL):
    raise ImproperlyConfigured(
        f"PROCESSES={PROCESSES} needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL, or leave "
        f"PROCESSES at 1."
    )

LIVENESS_SECONDS = value.integer("LIVENESS_SECONDS", 30, least=3, most=86_400)
"""After how long without a heartbeat the supervisor replaces an idle server process."""

EMBEDDED_JOBS = value.bool("EMBEDDED_JOBS", EMBEDDED_DATABASE)
"""Whether the server runs background jobs in a thread. If off, run `manage.py worker`."""
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": [MAIL, PEOPLES_JOBS]}}

HTTP_CONCURRENCY = value.integer("HTTP_CONCURRENCY", 8, least=1, most=200)
if not EMBEDDED_DATABASE:
    # Requests must not hold every connection, or the sockets would wait. The hub needs three, and one is to spare. The
    # worker inside the server has five lanes.
    beside = 7 if EMBEDDED_JOBS else 3
    HTTP_CONCURRENCY = min(HTTP_CONCURRENCY, max(DATABASE_POOL - beside - 1, 1))
    # A separate pool, with time limits that jobs and commands must not have (docs/deployment.md).
    DATABASES["default"]["OPTIONS"]["request_pool"] = {
        "min_size": 1,
        "max_size": max(DATABASE_POOL - beside, 2),
        "timeout": 4,
        "max_idle": DATABASE_IDLE_SECONDS,
        "statement_seconds": DATABASE_STATEMENT_SECONDS,
        "left_for_others": beside,
    }
HTTP_QUEUE = value.integer("HTTP_QUEUE", 500, least=0, most=100_000)

# --- people --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# Only the first checks passwords. The second is for permissions, and sessions name it.
AUTHENTICATION_BACKENDS = ["accounts.backends.MailboxBackend", "django.contrib.auth.backends.ModelBackend"]
# allauth keeps second factors and signs in with providers. Pages, codes and limits are ours (docs/signing-in.md).
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "accounts.services.signing_in.factor_secrets.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False


def _app(provider_id: str, name: str, client_id: str, secret: str, issuer: str = "") -> list[dict[str, Any]]:
    """Return what allauth needs to know of a provider, or nothing if it is not configured."""
    own = {"server_url": issuer} if issuer else {}
    app = {"provider_id": provider_id, "name": name, "client_id": client_id, "secret": secret}
    return [app | {"settings": own | {"oauth_pkce_enabled": True}}] if client_id else []


_google = value.text("GOOGLE_CLIENT_ID", ""), value.text("GOOGLE_CLIENT_SECRET", "")
_github = value.text("GITHUB_CLIENT_ID", ""), value.text("GITHUB_CLIENT_SECRET", "")
_oidc = value.text("OIDC_CLIENT_ID", ""), value.text("OIDC_CLIENT_SECRET", "")
OIDC_ISSUER = value.text("OIDC_ISSUER", "")
if _oidc[0] and not OIDC_ISSUER:
    raise ImproperlyConfigured("OIDC_CLIENT_ID is set, but OIDC_ISSUER is not: whose client is it?")
OIDC_GROUPS_CLAIM = value.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_STAFF_GROUPS = value.words("OIDC_STAFF_GROUPS", [])
OIDC_GROUPS = value.words("OIDC_GROUPS", [])
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "APPS": [
            *_app("google", "Google", *_google, "https://accounts.google.com"),
            *_app(
                value.text("OIDC_ID", "oidc"), value.text("OIDC_NAME", "Single sign-on"), *_oidc, OIDC_ISSUER
            ),
        ]
    },
    "github": {"APPS": _app("github", "GitHub", *_github), "SCOPE": ["read:user", "user:email"]},
}
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
STAFF_SECOND_FACTOR = value.bool("STAFF_SECOND_FACTOR", not DEBUG)
"""Whether the admin opens only for staff with a second factor."""
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/lists"
LOGOUT_REDIRECT_URL = "/"
# Argon2 with a limit on concurrent hashes. Older hashes are verified, and replaced at the next log-in.
PASSWORD_HASHERS = [
    "accounts.access.hashing.BoundedArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
]
ACCESS_TOKEN_SECONDS = value.integer("ACCESS_TOKEN_SECONDS", 3600, least=60, most=86_400)
REFRESH_TOKEN_DAYS = value.integer("REFRESH_TOKEN_DAYS", 30, least=1, most=365)
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SECRET_KEY,
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=ACCESS_TOKEN_SECONDS),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=REFRESH_TOKEN_DAYS),
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": "typ",
}

# --- mail ----------------------------------------------------------------------------------------------------------

SMTP_HOST = value.text("SMTP_HOST", "")
EMAIL_BACKEND = "accounts.mail.smtp.TimedBackend" if SMTP_HOST else "accounts.mail.mailbox.MailboxBackend"
VERIFY_ADDRESSES = bool(SMTP_HOST)
"""Whether an address counts only after its owner verified it: where mail is sent (docs/signing-in.md)."""
EMAIL_HOST = SMTP_HOST
EMAIL_PORT = value.integer("SMTP_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = value.text("SMTP_USER", "")
EMAIL_HOST_PASSWORD = value.text("SMTP_PASSWORD", "")
EMAIL_USE_TLS = value.bool("SMTP_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = value.text("MAIL_FROM", "Wishlist <wishlist@localhost>")
MAILBOX_DIR = DATA_DIR / "mail"

# --- web push ------------------------------------------------------------------------------------------------------

VAPID_PRIVATE_KEY = value.text("VAPID_PRIVATE_KEY", "")
"""Identifies the site to push services. By default derived from LINK_SECRET (notices/access/vapid.py)."""
VAPID_SUBJECT = value.text("VAPID_SUBJECT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")

# --- the API -------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.SessionTokenAuthentication",
        "accounts.api.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "core.api.renderers.OrjsonRenderer",
        "core.api.renderers.JSendRenderer",
        "core.api.browsable.BrowsableRenderer",
        "core.api.renderers.ProblemRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsers.BoundedJSONParser",
        "core.api.parsers.StorableFormParser",
        "core.api.parsers.StorableMultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.Negotiation",
    "DEFAULT_METADATA_CLASS": "wishlist_project.options_metadata.OptionsMetadata",
    "DEFAULT_PAGINATION_CLASS": "core.api.paging.HeaderPagination",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "accounts.api.scoped_schema.ScopedSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "core.errors.exception_handler.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "core.errors.exception_handler.ProblemFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wishlist",
    "DESCRIPTION": "A self-hosted, real-time social wishlist and gift registry that keeps the surprise.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # Otherwise Swagger UI would send the document's address to an external validator.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": True,
    "GET_LIB_DOC_EXCLUDES": "wishlist_project.openapi.classes_without_published_docs",
    "ENUM_NAME_OVERRIDES": {
        "GivenRoleEnum": "accounts.api.tenant_serializers.GIVEN_ROLES",
        "UserRoleEnum": "accounts.api.tenant_serializers.USER_ROLES",
        "RoleEnum": "wishlists.api.serializers.people.SHARED_ROLES",
        "MemberRoleEnum": "wishlists.models.Member.Role",
        "WishlistKindEnum": "wishlists.models.Wishlist.Kind",
        "GroupRoleEnum": "accounts.models.GroupMember.Role",
        "CurrencyEnum": "core.money.money_fields.CURRENCIES",
        "ReservationStatusEnum": "wishlists.services.status.STATUSES",
        "PromiseStatusEnum": "wishlists.models.Reservation.Status",
        "ContributionStatusEnum": "wishlists.models.Contribution.Status",
        "SuggestionStatusEnum": "sharing.models.Suggestion.Status",
        "SeesEnum": "wishlists.projections.who_sees.SEES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "wishlist_project.openapi.add_problems",
    ],
}
DEFAULT_CURRENCY = value.currency("DEFAULT_CURRENCY", "EUR")
MAX_ITEMS_A_LIST = 500

CORS_ALLOWED_ORIGINS = value.words(
    "CORS_ALLOWED_ORIGINS", ["http://localhost:3000", "http://127.0.0.1:3000"] if DEBUG else []
)
CORS_URLS_REGEX = r"^/(api|health)"
CORS_ALLOW_HEADERS = [
    "accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match",
    "x-request-id", "x-manage-token", "x-device-token", "x-csrftoken",
]  # fmt: skip
CORS_EXPOSE_HEADERS = [
    "Link", "X-Total-Count", "ETag", "Retry-After", "X-Request-ID", "X-Device-Token", "Idempotency-Replayed",
]  # fmt: skip

# --- pages ---------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = value.path("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "wishlist_project.static_files.CollectedFilesStorage"
    },
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = value.time_zone("TIME_ZONE", "UTC")
USE_TZ = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "https:", "data:", *(["http:"] if DEBUG else [])],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# With `no-referrer` browsers would send `Origin: null` with every form, and Django would refuse it.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

HTTPS = value.bool("HTTPS", SITE_URL.startswith("https://"))
"""Whether a proxy serves the site over TLS: secure cookies, HSTS, and a redirect from plain HTTP."""
# core/http/forwarded_scheme.py removes the header if no trusted proxy set it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/?$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.pages.csrf_failures.csrf_failure"
CSRF_TRUSTED_ORIGINS = value.words("CSRF_TRUSTED_ORIGINS", [SITE_URL] if HTTPS else [])

# --- limits --------------------------------------------------------------------------------------------------------

RATE_LIMITS = value.bool("RATE_LIMITS", True)
"""Whether the rate limits in core/limits/rate_limits.py apply."""
SHARE_BY_INVITATION = value.bool("SHARE_BY_INVITATION", False)
"""Whether sharing a list with an address always sends an invitation, so that nobody learns who has an account
(docs/invitations.md).
"""

# Limits of each server process that are checked before parsing: docs/bounds.md.
MAX_BODY_BYTES = value.integer("MAX_BODY_BYTES", 6 * 1024 * 1024, least=64 * 1024, most=1024**3)
MAX_BODIES_BYTES = value.integer("MAX_BODIES_BYTES", 64 * 1024 * 1024, least=1024 * 1024, most=1024**4)
MAX_HEADER_BYTES = value.integer("MAX_HEADER_BYTES", 16 * 1024, least=4 * 1024, most=1024 * 1024)
MAX_HEADERS = value.integer("MAX_HEADERS", 100, least=20, most=10_000)
HEADER_SECONDS = value.number("HEADER_SECONDS", 10.0, least=0.1)
BODY_SECONDS = value.number("BODY_SECONDS", 20.0, least=0.1)
ANSWER_SECONDS = value.number("ANSWER_SECONDS", 30.0, least=0.1)
KEEP_ALIVE_SECONDS = value.integer("KEEP_ALIVE_SECONDS", 65, least=1, most=3600)
MAX_CONNECTIONS = value.integer("MAX_CONNECTIONS", 10_000, least=16, most=1_000_000)
MAX_CONNECTIONS_PER_ADDRESS = value.integer("MAX_CONNECTIONS_PER_ADDRESS", 600, least=1, most=1_000_000)

SOCKETS_PER_PERSON = value.integer("SOCKETS_PER_PERSON", 20, least=1, most=100_000)
SOCKETS_PER_ADDRESS = value.integer("SOCKETS_PER_ADDRESS", 400, least=1, most=1_000_000)
SOCKETS_PER_LINK = value.integer("SOCKETS_PER_LINK", 1000, least=1, most=1_000_000)
SNAPSHOT_BYTES_PER_SOCKET = value.integer(
    "SNAPSHOT_BYTES_PER_SOCKET", 8 * 1024 * 1024, least=64 * 1024, most=1024**4
)
SNAPSHOT_BYTES_PER_PERSON = value.integer(
    "SNAPSHOT_BYTES_PER_PERSON", 32 * 1024 * 1024, least=64 * 1024, most=1024**4
)
SNAPSHOT_BYTES_PER_ADDRESS = value.integer(
    "SNAPSHOT_BYTES_PER_ADDRESS", 128 * 1024 * 1024, least=64 * 1024, most=1024**4
)
LONG_POLLS = value.integer("LONG_POLLS", 600, least=1, most=1_000_000)
LONG_POLLS_PER_PERSON = value.integer("LONG_POLLS_PER_PERSON", 10, least=1, most=100_000)
LONG_POLLS_PER_LINK = value.integer("LONG_POLLS_PER_LINK", 300, least=1, most=1_000_000)
LONG_POLLS_PER_ADDRESS = value.integer("LONG_POLLS_PER_ADDRESS", 300, least=1, most=1_000_000)

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "core.http.request_ids.RequestIdFilter"},
        "unavailable_in_one_line": {"()": "core.errors.unavailability.OneLine"},
    },
    "formatters": {
        # Every handler must use this formatter, which keeps tokens out of the logs.
        "line": {
            "()": "core.http.redaction.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s: %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}
    },
    # Remove Django's own handlers, one of which mails whole requests with tokens. The root logger handles all.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"filters": ["unavailable_in_one_line"]},
        "django.server": {"handlers": [], "propagate": True},
    },
    "root": {
        "handlers": ["console"],
        "level": value.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
