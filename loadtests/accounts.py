"""Accounts for `make load`: web customers, drivers on the road and the office, all with one password."""

from __future__ import annotations

import os
import sys

import django


def main(count: int) -> None:
    django.setup()
    from django.contrib.auth.hashers import make_password

    from luckygas.models import User

    web = User.objects.filter(memberships__customer__system_of_record="new", memberships__can_order=True)
    people = {
        "CUSTOMER": web.order_by("pk").distinct()[:count],
        "DRIVER": User.objects.filter(driver__routes__state="departed").order_by("pk").distinct(),
        "DISPATCHER": User.objects.filter(username__in=["dispatcher", "manager", "manager2"]).order_by("pk"),
    }
    password = make_password(os.environ["LOAD_PASSWORD"])
    for role, users in people.items():
        names = [user.username for user in users]
        User.objects.filter(username__in=names).update(password=password)
        sys.stdout.write(f"LOAD_{role}S={','.join(names)}\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")
    main(int(sys.argv[1]))
