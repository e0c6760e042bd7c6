"""Who may use the portal, in which role, and what they did."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Role(models.TextChoices):
    """What a person may do. Each role may do everything the one before it may."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"

    def includes(self, other: str) -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(Role(other))


class Person(AbstractUser):
    """Somebody who signs in. The role is the whole of their rights."""

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    # Set while the password is one that an admin handed out; it dies at that moment.
    one_time_password_until = models.DateTimeField(null=True, blank=True)
    wants_mail = models.BooleanField("E-mail me when my import ends or needs me", default=True)

    def may(self, role: str) -> bool:
        """Whether this person may do what `role` may do."""
        return Role(self.role).includes(role)

    @property
    def has_one_time_password(self) -> bool:
        return self.one_time_password_until is not None

    @property
    def one_time_password_is_over(self) -> bool:
        until = self.one_time_password_until
        return until is not None and until <= timezone.now()


class AuditEntry(models.Model):
    """One thing a person did. Entries are written once and never changed."""

    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="audit_entries"
    )
    person_name = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest_first"),
            # What was done to one thing, and by one person.
            models.Index(fields=["subject", "-at"], name="audit_of_subject"),
            models.Index(fields=["person_name", "-at"], name="audit_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} {self.action} {self.subject}"


class NoticeKind(models.TextChoices):
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    STOPPED = "stopped", "Stopped"
    NEEDS_YOU = "needs_you", "Needs you"


class Notice(models.Model):
    """Something a person is told once. `key` names the occasion, `url` is a page of ours."""

    TONES = {
        NoticeKind.DONE: "good",
        NoticeKind.FAILED: "bad",
        NoticeKind.STOPPED: "",
        NoticeKind.NEEDS_YOU: "warn",
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    key = models.CharField(max_length=100)
    text = models.TextField()
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    # When the next try to e-mail it is due; a try puts it off before it begins.
    mail_due_at = models.DateTimeField(default=timezone.now)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "key"], name="notice_once")
        ]
        indexes = [
            # The bell of every page.
            models.Index(
                fields=["person"], condition=models.Q(read_at=None), name="notice_unread"
            ),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(read_at=None, emailed_at=None),
                name="notice_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Where opening it leads through, so that it counts as read."""
        return reverse("people:notice", args=[self.pk])

    @property
    def is_read(self) -> bool:
        return self.read_at is not None

    @property
    def tone(self) -> str:
        return self.TONES[NoticeKind(self.kind)]
