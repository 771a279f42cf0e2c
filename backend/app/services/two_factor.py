"""The second factor: codes by time (TOTP, RFC 6238), and recovery codes, each good for one use."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import ConflictError, InvalidInputError, SecondFactorError
from app.models import RecoveryCode, TotpSecret
from app.schemas.two_factor import TotpOut, TwoFactorOut
from app.utils.sealing import SealedBox
from app.utils.security import Tokens
from app.utils.time import now

ISSUER = "VitalIQ"
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 random bits: a plain hash keeps them
_STEPS_ASIDE = (0, -1, 1)  # RFC 6238, 5.2: one step for clocks that differ and for slow hands


class TwoFactorService:
    """One account's second factor, in the caller's transaction, which acts for the account."""

    def __init__(self, session: AsyncSession, user_id: UUID, tokens: Tokens) -> None:
        self._session = session
        self._user_id = user_id
        self._box = SealedBox(tokens.derived_key("two factor"))

    async def standing(self) -> TwoFactorOut:
        codes = select(func.count()).where(RecoveryCode.user_id == self._user_id)
        return TwoFactorOut(
            active=await self._is_active(),
            recovery_codes_left=await self._session.scalar(codes) or 0,
        )

    async def begin(self, *, email: str) -> TotpOut:
        """A new secret, which is asked for once it is confirmed. Raises ConflictError while another
        one is."""
        if await self._is_active():
            raise ConflictError(
                "A second factor is active. Turn it off before you set up another.",
                code="second-factor-active",
            )
        secret = pyotp.random_base32()
        sealed = self._box.seal(secret.encode(), owner=self._user_id.bytes)
        made = insert(TotpSecret).values(user_id=self._user_id, sealed=sealed)
        await self._session.execute(
            made.on_conflict_do_update(
                index_elements=[TotpSecret.user_id],
                set_={"sealed": sealed, "created_at": func.now(), "last_step": None},
                where=TotpSecret.confirmed_at.is_(None),
            )
        )
        uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
        return TotpOut(secret=secret, otpauth_uri=uri)

    async def confirm(self, code: str) -> Sequence[str]:
        """From here on signing in asks for a code. Gives the recovery codes, which cannot be read
        again. Raises ConflictError without a secret that waits, InvalidInputError for a code that
        is not its."""
        waiting = TotpSecret.confirmed_at.is_(None)
        sealed = await self._session.scalar(
            select(TotpSecret.sealed)
            .where(TotpSecret.user_id == self._user_id, waiting)
            .with_for_update()
        )
        if sealed is None:
            raise ConflictError(
                "There is no second factor to confirm. Set one up first.", code="no-second-factor"
            )
        step = self._step_of(_plain(code), sealed)
        if step is None:
            raise InvalidInputError.at(
                ("body", "code"), "not the code of this moment", code="not-this-moment"
            )
        await self._session.execute(
            update(TotpSecret)
            .where(TotpSecret.user_id == self._user_id, waiting)
            .values(confirmed_at=func.now(), last_step=step)
        )
        return await self._new_recovery_codes()

    async def remove(self) -> None:
        """Signing in asks for the password alone."""
        for model in (RecoveryCode, TotpSecret):
            await self._session.execute(delete(model).where(model.user_id == self._user_id))

    async def check(self, code: str | None) -> None:
        """For signing in: uses up the code. Raises SecondFactorError where one is needed and this
        is none."""
        if not await self._is_active():
            return
        if code is None:
            raise SecondFactorError(
                "Send the code of your authenticator app, or a recovery code, too.", is_guess=False
            )
        plain = _plain(code)
        if not (await self._use_totp(plain) or await self._use_recovery(plain)):
            raise SecondFactorError("The code is wrong, or was used before.", is_guess=True)

    async def _is_active(self) -> bool:
        confirmed = select(TotpSecret.user_id).where(
            TotpSecret.user_id == self._user_id, TotpSecret.confirmed_at.is_not(None)
        )
        return await self._session.scalar(confirmed) is not None

    async def _use_totp(self, code: str) -> bool:
        sealed = await self._session.scalar(
            select(TotpSecret.sealed).where(TotpSecret.user_id == self._user_id)
        )
        step = self._step_of(code, sealed) if sealed is not None else None
        if step is None:
            return False
        # One statement decides, so of parallel uses of one code one wins.
        used = await self._session.scalar(
            update(TotpSecret)
            .where(
                TotpSecret.user_id == self._user_id,
                or_(TotpSecret.last_step.is_(None), TotpSecret.last_step < step),
            )
            .values(last_step=step)
            .returning(TotpSecret.last_step)
            .execution_options(synchronize_session=False)
        )
        return used is not None

    async def _use_recovery(self, code: str) -> bool:
        used = await self._session.scalar(
            delete(RecoveryCode)
            .where(RecoveryCode.user_id == self._user_id, RecoveryCode.code_hash == _hash(code))
            .returning(RecoveryCode.user_id)
            .execution_options(synchronize_session=False)
        )
        return used is not None

    def _step_of(self, code: str, sealed: bytes) -> int | None:
        """The time step, near the present one, whose code this is."""
        secret = self._box.open(sealed, owner=self._user_id.bytes)
        if secret is None:  # sealed with another SECRET_KEY: recovery codes still work
            return None
        totp = pyotp.TOTP(secret.decode())
        present = totp.timecode(now())
        fitting = [
            present + aside
            for aside in _STEPS_ASIDE
            if hmac.compare_digest(totp.generate_otp(present + aside).encode(), code.encode())
        ]
        return next(iter(fitting), None)

    async def _new_recovery_codes(self) -> Sequence[str]:
        codes = [
            base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
            for _ in range(RECOVERY_CODES)
        ]
        await self._session.execute(
            delete(RecoveryCode).where(RecoveryCode.user_id == self._user_id)
        )
        rows = [{"user_id": self._user_id, "code_hash": _hash(code)} for code in codes]
        await self._session.execute(insert(RecoveryCode), rows)
        return ["-".join(re.findall("....", code)) for code in codes]


def _plain(code: str) -> str:
    """The code without how it is set in groups."""
    return re.sub(r"[\s-]", "", code).lower()


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
