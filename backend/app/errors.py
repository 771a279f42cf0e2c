"""The errors of VitalIQ: one tree, each class with the HTTP status that it answers with."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class FieldError(NamedTuple):
    """What is wrong with one part of the input, named by its location, never quoting it. `code`
    stands for the kind of fault whatever the words, `limit` is the figure that was passed."""

    loc: tuple[str | int, ...]
    msg: str
    code: str = "misfit"
    limit: float | None = None


class AppError(Exception):
    """Base of all expected failures. `title` is fixed per class, `detail` says what to do next, and
    `code` which refusal it is: by it a client finds words of its own."""

    status = 500
    title = "Internal error"
    code = "internal-error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.code = code or self.code
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class BadRequestError(AppError):
    status = 400
    title = "Bad request"
    code = "bad-request"


class UnauthorizedError(AppError):
    status = 401
    title = "Not signed in"
    code = "not-signed-in"

    def __init__(
        self, detail: str = "Sign in and send the access token as a bearer token."
    ) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class SecondFactorError(UnauthorizedError):
    """The password was right, and a code is asked for too. `is_guess`: a wrong one was given."""

    title = "Second factor needed"
    code = "second-factor-needed"

    def __init__(self, detail: str, *, is_guess: bool) -> None:
        super().__init__(detail)
        self.code = "wrong-second-factor" if is_guess else self.code
        self.is_guess = is_guess


class RefusedError(AppError):
    """What is refused for more than one reason says by its code for which."""

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail, code=code)


class ForbiddenError(RefusedError):
    status = 403
    title = "Not allowed"


class QuotaError(RefusedError):
    status = 403
    title = "No room left"


class NotFoundError(AppError):
    status = 404
    title = "Not found"
    code = "not-found"


class ConflictError(RefusedError):
    status = 409
    title = "Conflict"


class PreconditionFailedError(AppError):
    status = 412
    title = "Changed by someone else"
    code = "changed-meanwhile"


class TooLargeError(AppError):
    status = 413
    title = "Request too large"
    code = "too-large"


class InvalidInputError(AppError):
    status = 422
    title = "Invalid input"
    code = "invalid-input"

    @classmethod
    def at(cls, loc: Sequence[str | int], msg: str, *, code: str = "misfit") -> "InvalidInputError":
        """One part of the input is wrong."""
        return cls(msg, errors=[FieldError(tuple(loc), msg, code)])


class TooManyRequestsError(AppError):
    status = 429
    title = "Too many tries"
    code = "too-many-tries"

    def __init__(self, *, retry_after: int) -> None:
        detail = f"Wait {retry_after} seconds, then try again."
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class UnavailableError(AppError):
    status = 503
    title = "Temporarily unavailable"
    code = "unavailable"

    def __init__(
        self, detail: str = "Try again in a few seconds.", *, retry_after: int = 2
    ) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class DiskFullError(UnavailableError):
    title = "Disk full"
    code = "disk-full"

    def __init__(self) -> None:
        super().__init__(
            "The server's disk is full and nothing was stored: whoever runs it must make room. "
            "What is stored already can be read. Try again later.",
            retry_after=60,
        )
