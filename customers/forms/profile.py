"""What people change about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from luckygas.models import User


class ProfileForm(forms.ModelForm):
    """The name we call somebody by."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("What we call you")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
