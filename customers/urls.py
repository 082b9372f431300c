"""Customers' addresses."""

from django.urls import path

from customers.views import account, signup
from customers.views.outbox import outbox
from luckygas.views import pending

app_name = "customers"
urlpatterns = [
    path("signup/", signup.signup, name="signup"),
    path("signup/code/", signup.signup_code, name="signup_code"),
    path("recover/", signup.recover, name="recover"),
    path("recover/code/", signup.recover_code, name="recover_code"),
    path("account/", account.account, name="account"),
    path("account/profile/", account.profile, name="profile"),
    path("outbox/", outbox, name="outbox"),
    path("customers/", pending, name="index"),
    path("customers/new/", pending, name="create"),
    path("customers/<int:number>/", pending, name="detail"),
    path("customers/<int:number>/edit/", pending, name="edit"),
    path("customers/<int:number>/deactivate/", pending, name="deactivate"),
    path("customers/<int:number>/reactivate/", pending, name="reactivate"),
    path("customers/<int:number>/sites/new/", pending, name="add_site"),
    path("customers/<int:number>/sites/<int:pk>/", pending, name="edit_site"),
    path("customers/<int:number>/contacts/new/", pending, name="add_contact"),
    path("customers/<int:number>/contacts/<int:pk>/remove/", pending, name="remove_contact"),
    path("customers/<int:number>/memberships/new/", pending, name="add_membership"),
    path("customers/<int:number>/memberships/<int:pk>/remove/", pending, name="remove_membership"),
    path("customers/<int:number>/payments/new/", pending, name="pay"),
    path("calls/", pending, name="calls"),
    path("calls/<int:pk>/called/", pending, name="mark_called"),
    path("calls/<int:pk>/retry/", pending, name="retry_message"),
    path("incidents/", pending, name="incidents"),
    path("incidents/new/", pending, name="open_incident"),
    path("incidents/alarm/", pending, name="alarm"),
    path("incidents/<int:pk>/take/", pending, name="take_incident"),
    path("incidents/<int:pk>/close/", pending, name="close_incident"),
]
