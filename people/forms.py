"""What people may be asked for."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy

from people.models import Person, Role

ROLE_HINTS = {
    Role.VIEWER: "Looks at lists and leads and exports them",
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


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
