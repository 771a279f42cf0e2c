"""Settings: rows of name, default and help, read from the environment or `.env`."""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MINIMUM_SECRET_LENGTH = 32
IPNetwork = IPv4Network | IPv6Network
_KNOWN_SECRETS = ("changeme", "change-me", "changethis", "change_this", "secret", "your-secret-key")


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From `host:port`, an IPv6 host in brackets. Raises ValueError."""
        host, _, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdecimal() or not 0 <= int(port) < 1 << 16:
            raise ValueError("write it as 127.0.0.1:9464 or [::1]:9464")
        return cls(host, int(port))


def default_data_dir() -> Path:
    """The user's data folder; as root a system folder, which the server's own user can enter."""
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/vitaliq")
    return platformdirs.user_data_path("vitaliq")


class Settings(BaseSettings):
    """Every setting of VitalIQ. None holds a secret by default."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder for the embedded PostgreSQL and the generated secret. "
        "Default: the user's data folder; as root /var/lib/vitaliq.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL to use instead of the embedded one, as postgresql://user:password@host/name.",
    )
    database_owner_url: SecretStr | None = Field(
        None,
        description="Connection that owns the tables and runs migrations, where DATABASE_URL's "
        "user does not. Default: DATABASE_URL.",
    )
    backup_database_url: SecretStr | None = Field(
        None,
        description="Connection that `vitaliq backup` reads through, of a role that row-level "
        "security does not bind (BYPASSRLS). Needed where the owner of the tables is bound; the "
        "embedded PostgreSQL needs none.",
    )
    database_tls_required: bool = Field(
        True,
        description="Refuse a DATABASE_URL on another host without sslmode=require, verify-ca or "
        "verify-full. Turn off only where the network itself is encrypted.",
    )
    database_pooler: bool = Field(
        False,
        description="DATABASE_URL leads through a pooler such as PgBouncer in transaction mode: "
        "nothing is prepared or set on a connection. See docs/operations.md.",
    )
    database_pool_size: int = Field(
        10,
        ge=2,
        le=200,
        description="Connections that one server process keeps open, half of them for lists and "
        "new entries.",
    )
    statement_timeout_seconds: float = Field(
        10, gt=0, le=600, description="Longest that one database statement may run."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Key that signs tokens and cursors, at least 32 characters. "
        "Default: made at first start and kept in DATA_DIR with mode 0600.",
    )
    access_token_minutes: int = Field(
        15, ge=1, le=1_440, description="Lifetime of an access token."
    )
    refresh_token_days: int = Field(
        30, ge=1, le=365, description="Longest lifetime of a session, however often refreshed."
    )
    public_url: str | None = Field(
        None,
        pattern="^https?://[^/?#@\\s]+$",
        description="Where people reach this server, as https://health.example.com: for links in "
        "what leaves it. Default: links are relative, and messages have none.",
    )
    registration_enabled: bool = Field(
        True, description="Whether new accounts can be made through the API."
    )
    mock_data_enabled: bool = Field(
        False, description="Whether POST /api/mock/generate exists; `make demo` sets it."
    )
    max_body_bytes: int = Field(
        5_000_000, ge=1_000, description="Largest request body that is read."
    )
    receive_timeout_seconds: float = Field(
        20,
        gt=0,
        le=600,
        description="Longest that a request may take to arrive whole, and that a client may take "
        "nothing of its answer.",
    )
    max_connections: int = Field(
        1_000, ge=10, description="Connections that are held open at once; more are refused."
    )
    metrics_listen: Annotated[Address | None, NoDecode] = Field(
        None,
        description="Address and port where Prometheus may read /metrics, as 127.0.0.1:9464. It "
        "asks for no token: keep it off public networks. Default: nowhere.",
    )
    stop_delay_seconds: float = Field(
        0,
        ge=0,
        le=600,
        description="Time that a server which is told to stop goes on serving while /readyz says "
        "503 already, for load balancers to turn elsewhere.",
    )
    entries_per_user: int = Field(
        2_000_000,
        ge=1,
        description="About as many entries as one user may hold; then what they log is refused. "
        "(A watch that measures every five minutes makes 105,000 a year.)",
    )
    import_bytes: int = Field(
        6_000_000_000,
        ge=1_000,
        description="Bytes of all files together that one user may be bringing in at a time.",
    )
    readings_per_user: int = Field(
        50_000_000,
        ge=1,
        description="Readings, such as heart rates, that one user may hold; an import that would "
        "bring more is refused.",
    )
    bulk_entries: int = Field(
        10_000, ge=1, le=10_000, description="Most entries in one bulk request."
    )
    serve_with_worker: bool = Field(
        True,
        description="Whether `vitaliq serve` runs a worker beside itself: nightly detection, and "
        "jobs that people ask for. Turn off where `vitaliq worker` runs elsewhere.",
    )
    worker_concurrency: int = Field(
        2,
        ge=1,
        le=64,
        description="Jobs that one worker process does at once. For more cores start more workers.",
    )
    worker_heartbeat_seconds: float = Field(
        10,
        ge=0.1,
        le=300,
        description="How often a worker says that it is alive. After two that are missing, others "
        "take over what it had begun.",
    )
    priors_file: Path | None = Field(
        None,
        description="What detection leans on where a history is short, as written by `vitaliq "
        "detect learn`. Default: what comes along.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may call the API, comma separated, each exact."
    )
    trusted_proxies: Annotated[tuple[IPNetwork, ...], NoDecode] = Field(
        (),
        description="Networks of reverse proxies whose X-Forwarded-For is believed, comma "
        "separated, as 127.0.0.1/32. Default: none, and the connection's own address counts.",
    )
    guesses_per_account: int = Field(
        10, ge=3, le=1_000, description="Wrong passwords or codes per account in 15 minutes."
    )
    guesses_per_client: int = Field(
        100,
        ge=10,
        le=1_000_000,
        description="Wrong passwords, codes and tokens, and new accounts, per client address in "
        "15 minutes.",
    )
    passkey_domain: str = Field(
        "localhost",
        pattern="^([a-z0-9-]+\\.)*[0-9-]*[a-z][a-z0-9-]*$",
        description="Domain that passkeys are made for (the RP id), as health.example.com. "
        "Changing it makes passkeys that are there useless. An address of digits cannot be one.",
    )
    passkey_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://localhost:8000",),
        description="Pages that may ask for a passkey, comma separated, each exact, as "
        "https://health.example.com: PASSKEY_DOMAIN or below it, by https unless it is localhost.",
    )
    openai_base_url: str | None = Field(
        None,
        description="OpenAI-compatible server that may word explanations, for users who consent, "
        "as http://127.0.0.1:11434/v1. Default: none, and nothing is ever sent.",
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for that server.")
    openai_model: str | None = Field(None, description="Model to ask that server for.")
    openai_timeout_seconds: float = Field(
        20, gt=0, le=120, description="Longest that one explanation may take."
    )
    openai_calls_per_user: int = Field(
        50,
        ge=1,
        le=100_000,
        description="Explanations that the server may word for one user in a day, refilled evenly; "
        "then the built-in sentences stand.",
    )
    openai_calls: int = Field(
        1_000,
        ge=1,
        le=10_000_000,
        description="Explanations that the server may word in a day for all users together.",
    )
    webhook_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Where people may have word of new findings sent, comma separated, each exact, "
        "as https://hooks.example.com. Default: nowhere, and nothing is ever sent.",
    )
    push_services: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts of browsers' push services through which people may be told of new "
        "findings, comma separated, as fcm.googleapis.com,*.push.services.mozilla.com,"
        "web.push.apple.com. Default: none.",
    )
    push_contact: str | None = Field(
        None,
        pattern="^(mailto:|https://)[^\\s]+$",
        description="Whom a push service may ask, as mailto:you@example.com; needed with "
        "PUSH_SERVICES.",
    )
    notify_services: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Services of Apprise that people may be told of new findings through, comma "
        "separated: a scheme, as tgram, or with its host, as ntfys://ntfy.sh, where the service "
        "takes any host. Default: none. Needs `pip install 'vitaliq[notify]'`.",
    )
    outbound_networks: Annotated[tuple[IPNetwork, ...], NoDecode] = Field(
        (),
        description="Private networks that the hosts of WEBHOOK_ORIGINS and PUSH_SERVICES may lie "
        "in, comma separated, as 192.168.1.0/24. Default: none, and public addresses alone are "
        "reached.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: Literal["text", "json"] = Field(
        "text", description="`text`, or `json`: one object a line."
    )

    @field_validator(
        "cors_origins",
        "trusted_proxies",
        "passkey_origins",
        "webhook_origins",
        "push_services",
        "notify_services",
        "outbound_networks",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("metrics_listen", mode="before")
    @classmethod
    def _address(cls, value: object) -> object:
        return Address.read(value) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _exact_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if any("*" in origin for origin in origins):
            raise ValueError("list each origin; a wildcard would let any page call the API")
        return origins

    @field_validator("webhook_origins")
    @classmethod
    def _plain_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if "*" in origin or origin_of(origin) != origin:
                raise ValueError("each is https://host or http://host, perhaps with a port")
        return origins

    @model_validator(mode="after")
    def _push_has_a_contact(self) -> Self:
        if self.push_services and self.push_contact is None:
            raise ValueError("PUSH_SERVICES needs PUSH_CONTACT")
        return self

    @model_validator(mode="after")
    def _passkeys_fit(self) -> Self:
        for origin in self.passkey_origins:
            url = urlsplit(origin)
            host = url.hostname or ""
            within = f".{host}".endswith(f".{self.passkey_domain}")
            safe = url.scheme == "https" or (url.scheme, host) == ("http", "localhost")
            plain = f"{url.scheme}://{host}" + (f":{url.port}" if url.port else "")
            if not (within and safe and origin == plain):
                raise ValueError(
                    f"PASSKEY_ORIGINS: each is https://{self.passkey_domain} or a name below it, "
                    "without a path; http is for localhost alone"
                )
        return self

    @field_validator("secret_key")
    @classmethod
    def _refuse_weak(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            refuse_weak_secret(value.get_secret_value())
        return value

    @property
    def explains_with_model(self) -> bool:
        """Whether a language-model server is configured."""
        return self.openai_base_url is not None and self.openai_model is not None

    @classmethod
    def load(cls) -> Self:
        """Read the environment and `.env`. Raises pydantic.ValidationError naming the setting."""
        return cls()


def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` of an address that is http or https and names nobody."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    named = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{named}" + (f":{port}" if port not in (None, usual) else "")


def refuse_weak_secret(secret: str) -> None:
    """Raise ValueError for a key that is short, repeats itself, or is a known example."""
    if len(secret) < MINIMUM_SECRET_LENGTH:
        raise ValueError(f"use at least {MINIMUM_SECRET_LENGTH} random characters")
    if len(set(secret)) < 10 or any(known in secret.lower() for known in _KNOWN_SECRETS):
        raise ValueError("this is a known or guessable key; leave it out and one is made")
