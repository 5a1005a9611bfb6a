"""Settings, read from the environment. `docs/deploy.md` lists every variable.

Without any variable the product runs on the embedded services that `./run` starts, for one machine and one person;
`ALTAZION_ENV=production` asks for real services and switches every protection on.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from altazion.embedded import layout
from altazion.office_menu import UNFOLD  # noqa: F401 - a setting

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = layout.state_dir()
PRODUCTION = env.str("ALTAZION_ENV", default="local") == "production"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default=layout.local_secret())
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "storefront",
    "signage",
    "sellers",
    "integrations",
    "tasks_mgmt",
    "accounting",
    "orders",
    "discovery",
    "campaigns",
    "logistics",
    "catalog",
    "customers",
    "accounts",
    "stores",
    "logbook",
    "altazion.apps.FrameConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "storefront.middleware.ShopMiddleware",
    "altazion.middleware.OfficeMiddleware",
]

ROOT_URLCONF = "altazion.urls"
WSGI_APPLICATION = "altazion.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "storefront.context.shop",
            ],
        },
    },
]

# -- the database: PostgreSQL 15 or later, nothing else -------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=layout.database_url())}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST") or "")  # a socket folder comes quoted
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL", default=6),
    "timeout": 10,
}
PREPARE_STATEMENTS = env.bool("DATABASE_PREPARE", default=True)  # not behind a pooler that knows none

# -- who may come in -------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "storefront:login"
LOGIN_REDIRECT_URL = "storefront:account"
LOGOUT_REDIRECT_URL = "storefront:home"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "storefront.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *env.list("CSP_IMAGES", default=[])],
        "media-src": [SELF, *env.list("CSP_IMAGES", default=[])],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
    # Office pages get a policy of their own (altazion.middleware): their theme evaluates expressions in its markup.
}

# -- language, time ----------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
USE_TZ = True

# -- files ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "altazion" / "static"]
MEDIA_URL = env.str("MEDIA_URL", default="/media/")
MEDIA_ROOT = STATE_DIR / "media"
FLOWS_ROOT = Path(env.str("FLOWS_ROOT", default=str(STATE_DIR / "flows")))  # drop folders of the import flows
CATALOGUES_ROOT = Path(env.str("CATALOGUES_ROOT", default=str(BASE_DIR.parent / "shared" / "data")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "raw_files": {  # what came in, kept by hash; never served
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(STATE_DIR / "raw_files"), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
if MEDIA_BUCKET := env.str("MEDIA_BUCKET", default=""):
    _s3 = {"endpoint_url": env.str("S3_ENDPOINT_URL", default=None), "region_name": env.str("S3_REGION", default=None)}
    STORAGES["default"] = {
        "BACKEND": "altazion.lib.buckets.MediaBucket",
        "OPTIONS": {**_s3, "bucket_name": MEDIA_BUCKET, "querystring_auth": False},
    }
    STORAGES["raw_files"] = {
        "BACKEND": "altazion.lib.buckets.PrivateBucket",
        "OPTIONS": {
            **_s3,
            "bucket_name": env.str("RAW_FILES_BUCKET", default=MEDIA_BUCKET),
            "location": "raw_files",
            "default_acl": "private",
        },
    }
PEERTUBE_HOSTS = env.list("PEERTUBE_HOSTS", default=[])  # whose films pages may frame
FETCH_INSIDE = env.list("FETCH_INSIDE", default=[])  # hosts of our own network that files may be fetched from
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
WHITENOISE_MAX_AGE = 60 * 60
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=False)  # tests serve files as they lie

# -- the queue ---------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=layout.broker_url())
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "altazion"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a page never waits for the broker: the sweep delivers what was not announced
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
    }
    if CELERY_BROKER_URL.startswith(("redis", "rediss", "unix"))
    else {}
)

# "shared" holds what all processes must see, such as that a search engine outside rests: files that those of one
# machine share; several machines share it through CACHE_URL.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": STATE_DIR / "shared"},
}
if cache_url := env.str("CACHE_URL", default=""):
    CACHES = {"default": env.cache_url_config(cache_url), "shared": env.cache_url_config(cache_url)}

# -- the API ---------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["altazion.lib.reading.ReadsJson"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "altazion.lib.api.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min"), "heavy": "60/min"},
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Altazion API",
    "DESCRIPTION": "Catalogue, availability, orders, payments and flows for integrators.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "altazion.lib.openapi.with_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ProductKindEnum": "catalog.enums.ProductKind",
        "OrderStateEnum": "orders.enums.OrderState",
        "ProductStateEnum": "catalog.enums.ProductState",
        "SynonymKindEnum": "discovery.enums.SynonymKind",
        "ChangeKindEnum": "integrations.enums.ChangeKind",
        "InvoiceKindEnum": "accounting.enums.InvoiceKind",
        "ReturnReasonEnum": "orders.enums.ReturnReason",
        "SheetKindEnum": "logistics.enums.SheetKind",
        "SlipKindEnum": "logistics.enums.SlipKind",
        "SlipStateEnum": "logistics.enums.SlipState",
    },
}

# -- doors from low rooms to high ones, by name ------------------------------------------------
LOGBOOK_NUDGE = "logbook.tasks.nudge"
PRODUCT_LAYOUTS = "storefront.enums.PRODUCT_LAYOUTS"
ADDRESS_BOOK = "storefront.selectors.addresses.ShopAddresses"
CATALOG_FREE_UNITS = "logistics.selectors.free_units.free_units_sql"  # what rules of selections know of stock
SEARCH_ENGINE = env.str("SEARCH_ENGINE", default="")  # integrations.adapters.http_search.HttpSearch, or one of yours
SEARCH_ENGINE_URL = env.str("SEARCH_ENGINE_URL", default="")
SEARCH_ENGINE_SECONDS = env.float("SEARCH_ENGINE_SECONDS", default=0.3)
PAYMENT_PROVIDERS = {
    "pay_in_store": "integrations.payments.pay_in_store.PayInStore",
    "sandbox_card": "integrations.payments.sandbox_card.SandboxCard",
    "gift_card": "integrations.payments.gift_card.GiftCard",
    "stripe_card": "integrations.payments.stripe_card.StripeCard",
}
STRIPE_API = env.str("STRIPE_API", default="")  # another address than Stripe's own: a server for tests

# -- machines outside that files come from and go to --------------------------------------------
SECRETS_KEYS = env.list("SECRETS_KEYS", default=[]) or [SECRET_KEY]  # the first seals, all of them open
FLOWS_PRIVATE_HOSTS = env.list(
    "FLOWS_PRIVATE_HOSTS", default=[]
)  # names, addresses, networks of our own that may be met
FLOWS_CA_FILE = env.str("FLOWS_CA_FILE", default="")
FLOWS_SILENCE_SECONDS = env.float("FLOWS_SILENCE_SECONDS", default=30.0)
FLOWS_TRANSFER_SECONDS = env.float("FLOWS_TRANSFER_SECONDS", default=1800.0)
FLOWS_STILL_SECONDS = 2.0  # how long a file must not change before it counts as complete
FLOWS_LARGEST = 4 * 1024**3

# without a mail server letters are written to a folder, one file each
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{STATE_DIR / 'mails'}")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Altazion <shop@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
