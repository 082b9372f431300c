"""The pilot's addresses."""

from django.urls import path

from pilot.views import alarm, approval, certificate, cohorts, compare, customers, evidence, flag, index, pause, waiver

app_name = "pilot"
urlpatterns = [
    path("pilot/", index.index, name="index"),
    path("pilot/verdict/", index.verdict, name="verdict"),
    path("pilot/flags/", flag.flags, name="flags"),
    path("pilot/flags/<str:name>/", flag.change_flag, name="change_flag"),
    path("pilot/approvals/", approval.approvals, name="approvals"),
    path("pilot/approvals/<int:pk>/decide/", approval.decide, name="decide"),
    path("pilot/alarms/", alarm.alarms, name="alarms"),
    path("pilot/customers/", customers.customers, name="customers"),
    path("pilot/customers/move/", customers.move_many, name="move_many"),
    path("pilot/customers/<int:number>/", customers.customer, name="customer"),
    path("pilot/customers/<int:number>/move/", customers.move, name="move"),
    path("pilot/moves/<int:pk>/", customers.mass_move, name="mass_move"),
    path("pilot/cohorts/", cohorts.cohorts, name="cohorts"),
    path("pilot/cohorts/new/", cohorts.create_cohort, name="create_cohort"),
    path("pilot/cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("pilot/cohorts/<int:pk>/start/", cohorts.start_cohort, name="start_cohort"),
    path("pilot/cohorts/<int:pk>/close/", cohorts.close_cohort, name="close_cohort"),
    path("pilot/cohorts/<int:pk>/add/", cohorts.add_members, name="add_members"),
    path("pilot/cohorts/<int:pk>/remove/<int:number>/", cohorts.remove_member, name="remove_member"),
    path("pilot/enrolment/pause/", cohorts.pause_enrolment, name="pause_enrolment"),
    path("pilot/enrolment/resume/", cohorts.resume_enrolment, name="resume_enrolment"),
    path("pilot/compare/", compare.compare, name="compare"),
    path("pilot/pause/", pause.pause, name="pause"),
    path("pilot/resume/", pause.resume, name="resume"),
    path("pilot/evidence/", evidence.evidence, name="evidence"),
    path("pilot/evidence/<int:pk>/report/", evidence.report, name="report"),
    path("pilot/certificate/", certificate.certificate, name="certificate"),
    path("pilot/certificate.md", certificate.certificate_markdown, name="certificate_markdown"),
    path("pilot/certificate.json", certificate.certificate_json, name="certificate_json"),
    path("pilot/certificate/issue/", certificate.issue_certificate, name="issue_certificate"),
    path("pilot/certificate/review/", waiver.set_review, name="set_review"),
    path("pilot/certificate/waive/<slug:group>/<slug:name>/", waiver.waive, name="waive"),
    path("pilot/certificate/waivers/<int:pk>/end/", waiver.end_waiver, name="end_waiver"),
    path("pilot/certificate/<slug:number>/", certificate.show_certificate, name="show_certificate"),
    path("pilot/certificate/<slug:number>.md", certificate.certificate_markdown, name="certificate_markdown"),
    path("pilot/certificate/<slug:number>.json", certificate.certificate_json, name="certificate_json"),
]
