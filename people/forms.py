"""What people may be asked for."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from people.http import PortalRequest
from people.models import Person, Role
from people.passwords import WHAT_IT_MUST_BE
from people.trail import KINDS, PORTAL, Filters
from web.since import SINCE, since

ROLE_HINTS = {
    Role.VIEWER: "Looks at lists, leads, imports and credits",
    Role.OPERATOR: "Also imports, enriches and changes lists",
    Role.ADMIN: "Also looks after people and settings",
}


class SignInForm(AuthenticationForm):
    """Says the same for an unknown name, a wrong password and one that has run out."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "This name and password don't belong together. After 8 wrong tries the portal "
            "waits 15 minutes."
        ),
    }

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not user.is_active or (isinstance(user, Person) and user.one_time_password_is_over):
            raise self.get_invalid_login_error()


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A person's own password in place of the one-time one they came in with."""

    error_messages = {"password_mismatch": gettext_lazy("These two are not the same.")}

    def __init__(self, request: PortalRequest, data: QueryDict | None = None) -> None:
        super().__init__(request.user, data)
        first, again = self.fields["new_password1"], self.fields["new_password2"]
        first.label, first.help_text = "New password", WHAT_IT_MUST_BE
        again.label, again.help_text = "New password again", ""

    @sensitive_variables("password")
    def clean(self) -> dict[str, Any]:
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password1")
        password = self.cleaned_data.get("new_password1")
        if password and self.user.check_password(password):
            self.add_error("new_password1", "This is the password you have now.")
        return self.cleaned_data


class ChangePasswordForm(FirstPasswordForm):
    """Asks for the password so far as the sign-in page does: wrong ones are counted."""

    old_password = forms.CharField(
        label="Password now",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, request: PortalRequest, data: QueryDict | None = None) -> None:
        super().__init__(request, data)
        self.request = request

    @sensitive_variables("password")
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        name = self.user.get_username()
        if authenticate(self.request, username=name, password=password) != self.user:
            raise ValidationError("This is not your password.")
        return password


class AddPersonForm(forms.ModelForm[Person]):
    class Meta:
        model = Person
        fields = ("username", "email", "role")
        labels = {"username": "Name to sign in with", "email": "E-mail", "role": "Role"}
        help_texts = {"username": "Letters, digits and @ . + - _", "email": ""}


class MailForm(forms.ModelForm[Person]):
    """A person's own address, and whether notices go there."""

    class Meta:
        model = Person
        fields = ("email", "wants_mail")
        labels = {"email": "E-mail"}


class UpToForm(forms.Form):
    """The newest notice that stood on the page."""

    up_to = forms.IntegerField(min_value=0)


class TrailForm(forms.Form):
    """The query string of the trail; a part that makes no sense narrows nothing."""

    who = forms.ChoiceField(required=False)
    what = forms.ChoiceField(
        choices=[("", "anything"), *((kind, words) for kind, (words, _) in KINDS.items())],
        required=False,
    )
    since = forms.ChoiceField(choices=[*SINCE.items()], required=False)
    q = forms.CharField(max_length=200, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        names = Person.objects.order_by("username").values_list("username", flat=True)
        people = [(PORTAL, "the portal"), *((name, name) for name in names)]
        cast(forms.ChoiceField, self.fields["who"]).choices = [("", "anybody"), *people]

    @property
    def filters(self) -> Filters:
        self.is_valid()
        good = self.cleaned_data
        return Filters(
            who=good.get("who", ""),
            what=good.get("what", ""),
            since=since(good.get("since", "")),
            q=good.get("q", ""),
        )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
