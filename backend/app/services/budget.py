"""The person's budget of alarms: what they asked for, and what they got."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.ml.judging import DAYS_PER_MONTH
from app.models import User
from app.services import audit
from app.services.judgement import JudgementService
from app.services.people import Person
from app.services.wishes import ALARMS_PER_MONTH
from app.utils.enums import AlarmBudget, AuditKind

REVIEWED_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReport:
    """Rates are alarm days in 30.44 judged days; `achieved` is None where no day was judged."""

    budget: AlarmBudget
    alarm_days: int
    days_judged: int

    @property
    def asked_per_month(self) -> float:
        return round(ALARMS_PER_MONTH[self.budget], 3)

    @property
    def achieved_per_month(self) -> float | None:
        if self.days_judged == 0:
            return None
        return round(DAYS_PER_MONTH * self.alarm_days / self.days_judged, 3)


class BudgetService:
    """One person's budget."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue

    async def report(self) -> BudgetReport:
        """The budget in force, and the alarms that it makes of the last days."""
        today = self._person.today()
        judging = JudgementService(self._session, self._person, self._catalogue)
        judged = await judging.judge(today - dt.timedelta(REVIEWED_DAYS - 1), today)
        return BudgetReport(
            budget=self._person.alarm_budget,
            alarm_days=judged.alarm_days,
            days_judged=judged.days_judged,
        )

    async def change(self, budget: AlarmBudget) -> BudgetReport:
        """The report under the new budget, which the next run of detection goes by."""
        await set_budget(self._session, self._person, budget)
        changed = replace(self._person, alarm_budget=budget)
        return await BudgetService(self._session, changed, self._catalogue).report()


async def set_budget(session: AsyncSession, person: Person, budget: AlarmBudget) -> None:
    await session.execute(update(User).where(User.id == person.id).values(alarm_budget=budget))
    told = {"budget": budget}
    await audit.record(session, person.id, AuditKind.BUDGET_CHANGED, detail=told)
