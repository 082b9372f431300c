"""One include per app, and the doors everybody shares."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import set_language

from luckygas import views
from luckygas.access import public
from luckygas.api import api
from luckygas.signin import sign_in
from orders.standing.api import router as templates
from orders.views.landing import landing

api.add_router("", templates)

urlpatterns = [
    path("", views.home, {"landing": landing}, name="home"),
    path("login/", sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("staff/", views.staff, name="staff"),
    path("staff/<int:pk>/reset/", views.reset_password, name="reset_password"),
    path("language/", public(set_language), name="set_language"),
    path("calendar/", views.set_calendar, name="set_calendar"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("style/", views.style, name="style"),
    path("health/ready", views.health_ready, name="health_ready"),
    re_path(r"^metrics$", views.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("", include("customers.urls")),
    path("", include("orders.urls")),
    path("", include("deliveries.urls")),
    path("", include("pilot.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "luckygas.views.server_error"
