"""Who may use the portal, in which role."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What a person may do. Each role may do everything the one before it may."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"


class Person(AbstractUser):
    """Somebody who signs in. The role is the whole of their rights."""

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
