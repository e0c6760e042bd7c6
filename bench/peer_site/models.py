"""A lead as a page of leads shows it, and a contact as a file of leads has it."""

from __future__ import annotations

from django.db import models


class Lead(models.Model):
    lead_id = models.CharField(max_length=50, primary_key=True)
    first_name = models.CharField(max_length=200)
    last_name = models.CharField(max_length=200)
    full_name = models.CharField(max_length=200)
    email = models.EmailField(db_index=True)
    phone = models.CharField(max_length=50, blank=True)
    title = models.CharField(max_length=200, blank=True)
    company = models.CharField(max_length=200, blank=True)
    location = models.CharField(max_length=200, blank=True)
    linkedin_url = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=50, blank=True)

    class Meta:
        app_label = "peer_site"
        db_table = "leads"

    def __str__(self) -> str:
        return self.full_name


class Contact(models.Model):
    first_name = models.CharField(max_length=200)
    last_name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, db_index=True, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    linkedin_url = models.CharField(max_length=300, blank=True)
    company = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        app_label = "peer_site"

    def __str__(self) -> str:
        return self.email
