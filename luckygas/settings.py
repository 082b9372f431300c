"""Every setting of Lucky Gas. The only file that reads the environment; what is missing fails loudly."""

import os
import sys
from pathlib import Path

import dj_database_url
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from luckygas.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent


def required(name: str, demo: str) -> str:
    """The variable's value; in the demo a harmless one; elsewhere its absence stops the start."""
    value = os.environ.get(name) or (demo if DEMO else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}, or DEMO=1 for the demo with sample data.")
    return value


DEMO = os.environ.get("DEMO") == "1"
TESTING = "pytest" in sys.modules
DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = required("SECRET_KEY", demo="demo-only-key-" + "0" * 40)
PUBLIC_HTTPS = not DEMO

ALLOWED_HOSTS = [host for host in required("ALLOWED_HOSTS", demo="*").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
ROOT_URLCONF = "luckygas.urls"
WSGI_APPLICATION = "luckygas.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "luckygas",
    "customers",
    "orders",
    "deliveries",
    "pilot",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "waffle",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "luckygas.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "pilot.measuring.tally.MeasureMiddleware",
    "luckygas.middleware.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "luckygas.middleware.CalendarMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "luckygas.middleware.WordsMiddleware",
    "luckygas.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "luckygas.context.company",
                "customers.context.alarms",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "luckygas.templatetags.luckygas_format",
            ],
        },
    },
]

# --- the business ---------------------------------------------------------------------------------------------------
COMPANY = {
    "name": _("Lucky Gas"),
    "phone": os.environ.get("COMPANY_PHONE", "089-000-210"),
    "phone_e164": os.environ.get("COMPANY_PHONE_E164", "+88689000210"),
    "emergency": "119",
    "address": os.environ.get("COMPANY_ADDRESS", ""),  # on receipts, where it is set
    "tax_id": os.environ.get("COMPANY_TAX_ID", ""),
}
PUBLIC_URL = required("PUBLIC_URL", demo="http://localhost:" + os.environ.get("PORT", "8000"))  # in messages
OPENS_AT, CLOSES_AT = 8, 20  # hours of the counter, Asia/Taipei; deliveries are promised inside them
SAMPLE_PRICES = DEMO
STANDING_HOUR = int(os.environ.get("STANDING_HOUR") or 17)  # from this hour on standing orders are made …
STANDING_DAYS_AHEAD = int(os.environ.get("STANDING_DAYS_AHEAD") or 1)  # … for so many days ahead

# --- database: short limits, so that a slow or absent server shows as a clear page and never as a stuck worker ------
DATABASES = {
    "default": dj_database_url.parse(required("DATABASE_URL", demo=""), conn_max_age=None, conn_health_checks=True)
    | {
        "ENGINE": "django_prometheus.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2,
    # Disks have no arms any more: at the default of 4 the planner reads whole tables for a page of a hundred rows.
    options="-c statement_timeout=10000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=20000 "
    "-c random_page_cost=1.1",
)

# --- cache and limits: never on Redis, whose absence must not stop a sign-in ----------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # with the default of 300 a flood of names would cull its own limits
    },
    "never": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
WAFFLE_CACHE_NAME = "never"
WAFFLE_FLAG_MODEL = "pilot.Flag"
WAFFLE_CREATE_MISSING_FLAGS = False

# --- sign-in --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "luckygas.User"
AUTHENTICATION_BACKENDS = ["luckygas.signin.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["luckygas.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "luckygas.signin.Adapter"
ACCOUNT_FORMS = {"login": "luckygas.signin.LoginForm", "change_password": "luckygas.signin.PasswordForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {  # all counted before a password is hashed; "key" of login_failed is the name
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "login_known": "10/5m/key",  # a browser in which this person signed in before
    "login_everybody": "300/m/key",  # over all addresses: keeps hashing below a tenth of two cores
    "claim": "30/h/ip",  # asking for a code: SMS cost money, and phones share their carrier's addresses
    "claim_phone": "5/h/key",
    "claim_everybody": "300/h/key",
    "claim_code": "60/h/ip",  # trying codes; each code takes five tries
}
MFA_TOTP_ISSUER = "Lucky Gas"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("BEHIND_PROXY") == "1" else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SECOND_FACTOR_REQUIRED = not DEMO  # for office, manager, ops and the admin

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if PUBLIC_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PUBLIC_HTTPS else "csrf"
CSRF_FAILURE_VIEW = "luckygas.views.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PUBLIC_HTTPS

SECURE_SSL_REDIRECT = PUBLIC_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("BEHIND_PROXY") == "1" else None
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PUBLIC_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LIVE_PORT = os.environ.get("LIVE_PORT", str(int(os.environ.get("PORT", "8000")) + 1))
LIVE_URL = os.environ.get("LIVE_URL", "")  # empty: the live process of this host on LIVE_PORT
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [
        CSP.SELF,
        *([] if LIVE_URL else [f"http://localhost:{LIVE_PORT}", f"http://127.0.0.1:{LIVE_PORT}"]),
    ],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
TALLY_SECONDS = 0 if TESTING else 5  # how often a web process writes down what it answered; 0: never by itself
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# --- what the certificate asks --------------------------------------------------------------------------------------
REVISION = os.environ.get("REVISION", "")  # of this image; a checkout asks git
PROBE_URL = os.environ.get("PROBE_URL") or PUBLIC_URL  # where this site asks itself, as its visitors do
PROMETHEUS_URL = os.environ.get("PROMETHEUS_URL", "")  # empty: nothing watches
BACKUP_FOLDER = Path(folder) if (folder := os.environ.get("BACKUP_FOLDER")) else None  # None: none is made

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Taipei"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / ".run" / "media"))
STATIC_IS_COLLECTED = not DEMO or os.environ.get("STATIC_COLLECTED") == "1"  # by `manage.py serve`, or the image
WHITENOISE_USE_FINDERS = not STATIC_IS_COLLECTED
WHITENOISE_AUTOREFRESH = TESTING  # else the client of each test reads the headers of every static file first
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "luckygas.storage.ManifestStaticFiles"
        if STATIC_IS_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- workers: Redis and Celery are a doorbell; rows are the record (see README, "Rows") -----------------------------
REDIS_URL = required("REDIS_URL", demo="")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 1,  # a frozen Redis holds up a request for this long, once in five seconds
    "socket_connect_timeout": 0.5,
    "retry_on_timeout": False,
    "max_retries": 0,  # of a ring; a worker connects again by its own settings
    "unacked_restore_interval": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- outside services -----------------------------------------------------------------------------------------------
# The telephone exchange signs its calls with it; empty: no calls are taken. The demo's is known to `manage.py call`.
INCOMING_CALL_SECRET = os.environ.get("INCOMING_CALL_SECRET") or ("demo-only-exchange" if DEMO else "")
SMS_URL = os.environ.get("SMS_URL", "")  # empty in the demo: messages end in the on-screen outbox
SMS_USERNAME = os.environ.get("SMS_USERNAME", "")
SMS_PASSWORD = os.environ.get("SMS_PASSWORD", "")

# --- logs: JSON, a request id, no personal data ---------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "luckygas.logs.json_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING" if TESTING else "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django_structlog": {"level": "WARNING" if DEMO else "INFO"},
        "celery": {"level": "WARNING"},  # else two lines for each ring, every five seconds
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address on the net is a person's
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # so is this; and asking for it would hang each line on the database
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
