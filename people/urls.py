from __future__ import annotations

from django.urls import path

from people import bell, sign_in, views

app_name = "people"
urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("people/", views.index, name="index"),
    path("people/add", views.add, name="add"),
    path("people/me", views.me, name="me"),
    path("people/me/sessions", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("people/me/mail", views.set_mail, name="set_mail"),
    path("people/notices", bell.index, name="notices"),
    path("people/notices/read", bell.mark_all_read, name="mark_all_read"),
    path("people/notices/<int:notice_id>", bell.notice, name="notice"),
    path("people/audit", views.audit, name="audit"),
    path("people/<int:person_id>/", views.detail, name="detail"),
    path("people/<int:person_id>/role", views.set_role, name="set_role"),
    path("people/<int:person_id>/active", views.set_active, name="set_active"),
    path("people/<int:person_id>/password", views.renew_password, name="renew_password"),
]
