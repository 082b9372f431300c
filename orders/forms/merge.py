"""Two records that are one customer: which addresses are the same place, and how somebody knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from luckygas.forms import OperationIdField
from orders.merging import Side, same_address


class MergeForm(forms.Form):
    """For each address of the absorbed record: an address of its own, or the same place as one that is kept."""

    operation_id = OperationIdField()
    reason = forms.CharField(
        label=_("How you know that they are the same"),
        max_length=200,
        error_messages={"required": _("Write how you know that they are the same.")},
    )

    def __init__(self, *args: Any, kept: Side, absorbed: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone = absorbed.sites
        self.stay = {str(site.pk): site for site in kept.sites if site.is_active}
        choices = [("", _("an address of its own")), *((key, f"= {site.address}") for key, site in self.stay.items())]
        for site in self.gone:
            same = same_address(site, kept.sites)
            self.fields[f"place_{site.pk}"] = forms.ChoiceField(
                label=site.address, choices=choices, required=False, initial=str(same.pk) if same else ""
            )

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[f"place_{site.pk}"] for site in self.gone]

    def same_places(self) -> dict[Site, Site]:
        """The addresses that were said to be the same, the absorbed one first."""
        said = {site: self.cleaned_data.get(f"place_{site.pk}", "") for site in self.gone}
        return {site: self.stay[key] for site, key in said.items() if key}
