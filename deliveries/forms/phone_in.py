"""Shape of a delivery as the driver tells it on the phone."""

from __future__ import annotations

from typing import Any

from deliveries.forms.visit import LEAK, HandoverForm


class PhoneInForm(HandoverForm):
    """The exchange, the leak check and the payment; nobody can sign or take a photo through a phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("signature", "unsigned", "photo", "tagged", "aside", "tag_product", "tag_text", "tag_aside"):
            self.fields.pop(name, None)
        if check := self.fields.get("leak_check"):
            # A leak is an incident and no delivery, and a refusal needs a signature.
            check.choices = [choice for choice in check.choices if choice[0] not in {LEAK, "refused"}]  # type: ignore[attr-defined]

    def check_proof(self, cleaned: dict[str, Any]) -> None:
        """There is none."""

    def signed(self) -> dict[str, Any]:
        return {}
