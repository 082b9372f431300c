"""What the office types from gas meters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from luckygas.clock import business_day
from luckygas.forms import DayInput, OperationIdField
from luckygas.phones import narrow
from orders.billing.meters import Meter
from orders.models import MeterReading, Product


class KgField(forms.DecimalField):
    """What a meter shows: kilograms with two decimals, half or full width."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "input", "inputmode": "decimal", "autocomplete": "off"}
        usual: dict[str, Any] = {
            "label": _("The meter shows, kg"), "min_value": 0, "max_digits": 10, "decimal_places": 2,
            "widget": forms.TextInput(attrs=attrs),
            "error_messages": {"required": _("Write what the meter shows.")},
        }  # fmt: skip
        super().__init__(**usual | kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(narrow(value).replace(",", "") if isinstance(value, str) else value)


def read_on_field() -> forms.DateField:
    return forms.DateField(
        label=_("Read on"), initial=business_day, widget=DayInput(),
        error_messages={"required": _("Choose the day.")},
    )  # fmt: skip


class MetersFilterForm(forms.Form):
    """Which meters to read: of one area, or all."""

    area = forms.ModelChoiceField(
        label=_("Area"), required=False, queryset=Area.objects.all(), to_field_name="code", empty_label=_("all")
    )


class ReadingsForm(forms.Form):
    """A round of readings: a field for each meter, those left empty were not read."""

    operation_id = OperationIdField()

    def __init__(self, *args: Any, meters: list[Meter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meters = meters
        self.fields["read_on"] = read_on_field()
        for meter in meters:
            self.fields[meter.key] = KgField(required=False, label=f"{meter.site.customer} {meter.product}")

    def rows(self) -> list[tuple[Meter, forms.BoundField]]:
        return [(meter, self[meter.key]) for meter in self.meters]

    def read(self) -> list[tuple[Meter, Decimal]]:
        """The meters that were read, with what they show."""
        return [(meter, kg) for meter in self.meters if (kg := self.cleaned_data.get(meter.key)) is not None]


class ReadingForm(forms.Form):
    """One reading of one meter."""

    operation_id = OperationIdField()
    product = forms.ModelChoiceField(
        label=_("Meter"), queryset=Product.objects.filter(family=Product.Family.METERED, is_active=True),
        empty_label=None, error_messages={"required": _("Choose the meter.")},
    )  # fmt: skip
    reading_kg = KgField()
    is_new_meter = forms.BooleanField(
        label=_("The meter was changed"), required=False, help_text=_("It starts here; nothing is charged.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_on"] = read_on_field()
        self.order_fields(["operation_id", "product", "read_on", "reading_kg", "is_new_meter"])


class CorrectReadingForm(forms.Form):
    """What the meter showed in truth, and how it came to be wrong."""

    operation_id = OperationIdField()
    reading_kg = KgField(label=_("It showed, kg"))
    why = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write what was wrong.")})

    def __init__(self, *args: Any, reading: MeterReading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading

    def clean_reading_kg(self) -> Decimal:
        kg = self.cleaned_data["reading_kg"]
        if kg == self.reading.reading_kg:
            raise forms.ValidationError(_("That is what stands there already."))
        return kg
