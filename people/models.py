"""Who may use the portal, in which role, and what they did."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
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
        indexes = [models.Index(fields=["-at", "-id"], name="audit_newest_first")]

    def __str__(self) -> str:
        return f"{self.person_name} {self.action} {self.subject}"

    @property
    def words(self) -> str:
        """The detail as a person reads it."""
        return ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in self.detail.items()
        )
