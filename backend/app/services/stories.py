"""Findings as the stories that they tell, each with an identity; nothing is stored here."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.catalog import Catalogue
from app.ml.episodes import Episode, Member, episodes
from app.ml.explanations import day_text
from app.services.people import Person
from app.utils.identifiers import named, uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding as a story needs it, kept or not."""

    id: UUID
    member: Member
    explanation: str
    episode_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An episode with its identity, its row, and the findings that it is made of."""

    id: UUID
    columns: Mapping[str, Any]
    findings: tuple[UUID, ...]


def stories_of(
    person: Person,
    findings: Sequence[Told],
    known: Mapping[UUID, Mapping[str, Any]],
    catalogue: Catalogue,
) -> list[Story]:
    """The findings as episodes. One that shares a finding with a known episode goes on under its
    id; of several the one that began first. Of those that are `known` the columns by id."""
    place = {(told.member.day, told.member.metric): told for told in findings}
    stories: list[Story] = []
    taken = set(known)
    free = dict(known)
    for episode in episodes((told.member for told in findings), catalogue=catalogue):
        members = [place[member.day, member.metric] for member in episode.members]
        before = {told.episode_id for told in members if told.episode_id is not None}
        past = sorted(before & free.keys(), key=lambda i: (known[i]["date"], i))
        story_id = past[0] if past else _fresh_id(person, episode, taken)
        columns = _columns(episode, place, catalogue)
        told_at = [at for i in before & known.keys() if (at := known[i]["notified_at"])]
        columns["notified_at"] = min(told_at, default=None)
        stories.append(
            Story(id=story_id, columns=columns, findings=tuple(told.id for told in members))
        )
        taken.add(story_id)
        free.pop(story_id, None)
    return stories


def _fresh_id(person: Person, episode: Episode, taken: Iterable[UUID]) -> UUID:
    first = episode.members[0]
    made = named(person.id, "episode", first.day, first.metric)
    return uuid7() if made in taken else made


def _columns(
    episode: Episode, place: Mapping[tuple[dt.date, str], Told], catalogue: Catalogue
) -> dict[str, Any]:
    peak = place[episode.peak.day, episode.peak.metric]
    return {
        "date": episode.onset,
        "peak": episode.peak.day,
        "last": episode.end,
        "days": episode.days,
        "severity": episode.severity,
        "metrics": list(episode.metrics),
        "explanation": _sentence(episode, peak.explanation, catalogue),
    }


def _sentence(episode: Episode, peak: str, catalogue: Catalogue) -> str:
    """The strangest finding's sentence, after what makes it a story."""
    if len(episode.members) == 1:
        return peak
    labels = [catalogue[key].label if key in catalogue else key for key in episode.metrics]
    when = day_text(episode.onset)
    if episode.end > episode.onset:
        when = f"{when} to {day_text(episode.end)}"
    return f"{', '.join(labels)}: {len(episode.members)} findings, {when}. Strangest: {peak}"
