"""What the portal knows of the workspace's lists, from every answer the API gave."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone


class KnownListQuerySet(models.QuerySet["KnownList"]):
    def here(self) -> KnownListQuerySet:
        """Lists that were there when last looked for."""
        return self.filter(gone_at=None)

    def newest_first(self) -> KnownListQuerySet:
        return self.order_by(models.F("created_at").desc(nulls_last=True), "pk")


class KnownList(models.Model):
    """One lead list as last seen. The API's word replaces all of it at any time."""

    list_id = models.CharField(primary_key=True, max_length=100)
    name = models.CharField(max_length=300)
    # The name as search compares it: SQLite folds case for ASCII only.
    folded_name = models.CharField(max_length=600, db_index=True)
    lead_count = models.PositiveIntegerField(default=0)
    enriched_count = models.PositiveIntegerField(null=True)
    description = models.TextField(blank=True)
    folder_id = models.CharField(max_length=100, blank=True)
    visibility = models.CharField(max_length=20, blank=True)
    owner_name = models.CharField(max_length=300, blank=True)
    # Null until the API has refused a change: only its answer tells.
    is_protected = models.BooleanField(null=True)
    created_at = models.DateTimeField(null=True)
    # In any answer of the API; in one a person asked for; with its detail.
    seen_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)
    detail_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    objects = KnownListQuerySet.as_manager()

    class Meta:
        indexes = [
            # Lists whose detail the background learns next.
            models.Index(
                fields=["shown_at"], condition=Q(gone_at=None), name="lists_shown_lately"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return reverse("lists:detail", args=[self.list_id])

    @property
    def enriched_percent(self) -> int | None:
        """Whole percent of leads enriched, or None while the API has not told."""
        if self.lead_count == 0:
            return 0
        if self.enriched_count is None:
            return None
        return min(100, self.enriched_count * 100 // self.lead_count)

    @property
    def short_folder(self) -> str:
        return short_id(self.folder_id) if self.folder_id else ""


class KnownTotal(models.Model):
    """How many lists the workspace has, by the API's last word: one row at most."""

    THE_ONE = 1
    lists = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.lists} lists"


class ListVisit(models.Model):
    """When a person last opened a list: the "Recent" of the sidebar."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    list_id = models.CharField(max_length=100)
    visited_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "list_id"], name="lists_one_visit_a_list"
            )
        ]
        indexes = [
            # The "Recent" of every page.
            models.Index(fields=["person", "-visited_at"], name="lists_visited_lately")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.list_id}"


def short_id(identifier: str) -> str:
    """Both ends of an id, enough to tell two apart on screen."""
    return identifier if len(identifier) <= 10 else f"{identifier[:4]}…{identifier[-4:]}"
