"""A program: activities in order, each with the rule by which it is given."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from .parts import Fault, Frozen, Slug, Theme, was_published
from .texts import Provenance

Rule = Literal[
    "at_once",
    "after_previous",
    "after_delay",  # after the previous one was answered, plus ``days``
    "every",  # every ``days`` days, ``times`` times
    "before_each_session",
    "after_feedback",  # when the clinician has given feedback on the previous one
]


class Step(Frozen):
    activity: Slug
    week: int = Field(ge=1, le=12)  # when it comes if all goes as planned: for the overview
    rule: Rule
    days: int | None = Field(default=None, ge=1, le=90)
    times: int | None = Field(default=None, ge=1, le=52)
    why: str = Field(default="", max_length=200)  # one line, for the client

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if was_published(info):
            return self
        if (self.days is not None) != (self.rule in ("after_delay", "every")):
            needs = "needs" if self.rule in ("after_delay", "every") else "cannot have"
            raise Fault(f"The step {self.activity} is {self.rule} and {needs} days.", "days")
        if self.times is not None and self.rule not in ("every", "before_each_session"):
            raise Fault(f"The step {self.activity} comes once, without times.", "times")
        if self.rule == "every" and self.times is None:
            raise Fault(f"The step {self.activity} comes again and again: say times.", "times")
        return self


class Program(Frozen):
    slug: Slug
    formerly: tuple[Slug, ...] = ()
    kind: Literal["program"]
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    title: str = Field(min_length=1, max_length=80)
    summary: str = Field(min_length=1, max_length=300)
    for_clinicians: str = Field(min_length=1, max_length=900)
    caution: str = Field(default="", max_length=400)
    themes: tuple[Theme, ...] = Field(min_length=1)
    weeks: int = Field(ge=1, le=12)
    steps: tuple[Step, ...] = Field(min_length=2)
    provenance: Provenance

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if was_published(info):
            return self
        if self.steps[0].rule in ("after_previous", "after_delay", "after_feedback"):
            raise Fault("The first step has nothing before it.", "steps", 0, "rule")
        week = 1
        for place, step in enumerate(self.steps):
            if step.week < week or step.week > self.weeks:
                reason = f"The step {step.activity} is in week {step.week}, out of order."
                raise Fault(reason, "steps", place, "week")
            week = step.week
        return self

    @classmethod
    def published(cls, content: dict[str, Any]) -> Program:
        """What a version holds; see ``Definition.published``."""
        return cls.model_validate(content, context={"published": True}, extra="ignore")

    def dump(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def digest(self) -> str:
        content = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
