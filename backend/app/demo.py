"""The demo account: an invented person whose strange days are known and detected."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.config import Settings
from app.postgres import DatabaseUrls
from app.schemas.auth import RegisterIn
from app.services.auth_service import SignInService
from app.services.authentication import person_of, user_id_of
from app.services.batches import BatchService
from app.services.detection import Detection, DetectionService
from app.services.quota import EntryQuota
from app.startup import opened_database, tokens_of
from app.utils.secret_file import read_or_create_secret

EMAIL = "demo@example.com"
DAYS = 120
SEED = 7


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """How to sign in; `detection` is None where the account was there already."""

    email: str
    password: str
    detection: Detection | None


def apart(settings: Settings) -> Settings:
    """The demo keeps its own folder, so that it never mixes with real data."""
    return settings.model_copy(update={"data_dir": settings.data_dir / "demo"})


async def prepare(settings: Settings, urls: DatabaseUrls) -> DemoAccount:
    """The demo account, made if it is not there; an account that is there stays as it is."""
    password = read_or_create_secret(settings.data_dir / "demo_password")
    tokens = tokens_of(settings)
    async with opened_database(settings, urls) as database:
        async with database.session() as session:
            known = await user_id_of(session, EMAIL)
        if known is not None:
            return DemoAccount(EMAIL, password, None)
        account = RegisterIn(email=EMAIL, password=password, name="Demo", height_cm=172)
        user = await SignInService(database, tokens, settings).register(account)
        async with database.session(user.id) as session:
            detection = await _fill(session, user.id, settings)
    return DemoAccount(EMAIL, password, detection)


async def _fill(session: AsyncSession, user_id: UUID, settings: Settings) -> Detection:
    person = await person_of(session, user_id)
    quota = EntryQuota(session, person, settings)
    await BatchService(session, person, tokens_of(settings), quota).invent(
        days=DAYS, seed=SEED, anomalies=True, conditions=()
    )
    first = person.today() - dt.timedelta(days=DAYS - 1)
    return await DetectionService(session, person, CATALOGUE).detect(first, person.today())


def greeting(account: DemoAccount, address: str) -> str:
    """What to try first."""
    if account.detection is None:
        made = "Demo account as you left it."
    else:
        made = (
            f"Demo account with {DAYS} invented days made; detection found "
            f"{account.detection.found} strange days or values."
        )
    login = f'{{"email": "{account.email}", "password": "{account.password}"}}'
    return f"""
{made}

  Page      {address}  (interactive API docs: {address}/docs)
  E-mail    {account.email}
  Password  {account.password}

Open the page in a browser and sign in. Or try the API:

  TOKEN=$(curl -s {address}/api/auth/login -H 'Content-Type: application/json' \\
    -d '{login}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  curl -s {address}/api/dashboard -H "Authorization: Bearer $TOKEN" | python3 -m json.tool
  curl -s '{address}/api/anomalies?limit=5' -H "Authorization: Bearer $TOKEN" | python3 -m json.tool

Stop with Ctrl-C.
"""
