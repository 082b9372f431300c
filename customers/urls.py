"""Customers' addresses."""

from django.urls import path

from customers.views import account, calls, contacts, imports, incidents, on_call, payments, record, signup, sites
from customers.views.credit import block, set_limit, unblock
from customers.views.leak_checks import check_leak
from customers.views.list import doubles, export, index
from customers.views.outbox import outbox

app_name = "customers"
urlpatterns = [
    path("signup/", signup.signup, name="signup"),
    path("signup/code/", signup.signup_code, name="signup_code"),
    path("recover/", signup.recover, name="recover"),
    path("recover/code/", signup.recover_code, name="recover_code"),
    path("account/", account.account, name="account"),
    path("account/profile/", account.profile, name="profile"),
    path("outbox/", outbox, name="outbox"),
    path("customers/", index, name="index"),
    path("customers/new/", record.create, name="create"),
    path("customers/doubles/", doubles, name="doubles"),
    path("customers/export/", export, name="export"),
    path("customers/imports/", imports.imports, name="imports"),
    path("customers/imports/blank/", imports.blank_form, name="blank_form"),
    path("customers/imports/<int:pk>/", imports.show_import, name="show_import"),
    path("customers/imports/<int:pk>/run/", imports.run_import, name="run_import"),
    path("customers/imports/<int:pk>/discard/", imports.discard_import, name="discard_import"),
    path("customers/imports/<int:pk>/rows/<int:line>/", imports.want_row, name="want_row"),
    path("customers/<int:number>/", record.detail, name="detail"),
    path("customers/<int:number>/edit/", record.edit, name="edit"),
    path("customers/<int:number>/deactivate/", record.deactivate, name="deactivate"),
    path("customers/<int:number>/reactivate/", record.reactivate, name="reactivate"),
    path("customers/<int:number>/limit/", set_limit, name="set_limit"),
    path("customers/<int:number>/block/", block, name="block"),
    path("customers/<int:number>/unblock/", unblock, name="unblock"),
    path("customers/<int:number>/sites/new/", sites.add_site, name="add_site"),
    path("customers/<int:number>/sites/<int:pk>/", sites.edit_site, name="edit_site"),
    path("customers/<int:number>/sites/<int:pk>/leak-check/", check_leak, name="check_leak"),
    path("customers/<int:number>/contacts/new/", contacts.add_contact, name="add_contact"),
    path("customers/<int:number>/contacts/<int:pk>/remove/", contacts.remove_contact, name="remove_contact"),
    path("customers/<int:number>/memberships/new/", contacts.add_membership, name="add_membership"),
    path("customers/<int:number>/memberships/<int:pk>/remove/", contacts.remove_membership, name="remove_membership"),
    path("customers/<int:number>/payments/", payments.payments, name="payments"),
    path("customers/<int:number>/payments/new/", payments.pay, name="pay"),
    path("customers/<int:number>/payments/<int:pk>/reverse/", payments.reverse_payment, name="reverse_payment"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:pk>/called/", calls.mark_called, name="mark_called"),
    path("calls/<int:pk>/retry/", calls.retry_message, name="retry_message"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/new/", incidents.open_incident, name="open_incident"),
    path("incidents/alarm/", incidents.alarm, name="alarm"),
    path("incidents/on-call/", on_call.on_call, name="on_call"),
    path("incidents/on-call/<int:pk>/up/", on_call.move_up, name="move_up"),
    path("incidents/on-call/<int:pk>/off/", on_call.take_off, name="take_off"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/step/", incidents.step_incident, name="step_incident"),
    path("incidents/<int:pk>/note/", incidents.note_incident, name="note_incident"),
    path("incidents/<int:pk>/acknowledge/", incidents.acknowledge_incident, name="acknowledge_incident"),
    path("incidents/<int:pk>/take/", incidents.take_incident, name="take_incident"),
    path("incidents/<int:pk>/close/", incidents.close_incident, name="close_incident"),
]
