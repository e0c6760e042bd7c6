from __future__ import annotations

from django.contrib import admin

from bench.peer_site.models import Lead

COLUMNS = (
    "full_name", "email", "phone", "title", "company", "location", "linkedin_url", "provider",
)  # fmt: skip


@admin.register(Lead)
class LeadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = COLUMNS
    list_per_page = 100
    show_full_result_count = False
