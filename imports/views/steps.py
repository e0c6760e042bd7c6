"""The four steps on top of every page of an import, each with its state and a way back."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from imports.models import Run, RunState

UPLOAD, MAP, CHECK, RUN = "Upload", "Map", "Check", "Run"


@dataclass(frozen=True)
class Step:
    """For components/stepper.html; `state` is done, current or todo."""

    label: str
    state: str
    href: str = ""


def steps_before_upload() -> list[Step]:
    return [Step(UPLOAD, "current"), *(Step(label, "todo") for label in (MAP, CHECK, RUN))]


def steps_of(run: Run, here: str, *, may_operate: bool) -> list[Step]:
    """The steps with `here` as the one on screen."""
    started = run.started_at is not None
    checked = bool(run.plan) or run.state == RunState.CHECKING
    back_to_upload = may_operate and run.is_before_start
    each = [
        (UPLOAD, True, reverse("imports:target", args=[run.pk]) if back_to_upload else ""),
        (MAP, checked or started, reverse("imports:map", args=[run.pk])),
        (CHECK, started, reverse("imports:check", args=[run.pk]) if checked else ""),
        (RUN, run.is_over, run.get_absolute_url() if started or run.is_over else ""),
    ]
    return [Step(label, _state(label, here, done), href) for label, done, href in each]


def _state(label: str, here: str, done: bool) -> str:
    if label == here:
        return "current"
    return "done" if done else "todo"
