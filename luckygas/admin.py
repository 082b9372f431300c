"""Django's admin: staff with a second factor, to look things up. What verbs write is read-only here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from luckygas.models import RecordRead, User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # limits and the second factor


class ReadOnly(admin.ModelAdmin):
    """Rows that only verbs write: shown, never edited past their rules."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_staff)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People who sign in, with their roles."""

    list_display = ("username", "name", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    search_fields = ("username", "name")
    fieldsets = (
        (None, {"fields": ("username", "password", "name")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser", "groups", "must_change_password")}),
        (None, {"fields": ("last_login", "date_joined")}),
    )


admin.site.register(RecordRead, ReadOnly)
