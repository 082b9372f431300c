"""The pilot's addresses."""

from django.urls import path

from luckygas.views import pending

app_name = "pilot"
urlpatterns = [
    path("pilot/", pending, name="index"),
    path("pilot/flags/", pending, name="flags"),
    path("pilot/flags/<str:name>/", pending, name="change_flag"),
    path("pilot/pause/", pending, name="pause"),
    path("pilot/resume/", pending, name="resume"),
]
