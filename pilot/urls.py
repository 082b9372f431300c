"""The pilot's addresses."""

from django.urls import path

from pilot.views import flag, index, pause

app_name = "pilot"
urlpatterns = [
    path("pilot/", index.index, name="index"),
    path("pilot/flags/", flag.flags, name="flags"),
    path("pilot/flags/<str:name>/", flag.change_flag, name="change_flag"),
    path("pilot/pause/", pause.pause, name="pause"),
    path("pilot/resume/", pause.resume, name="resume"),
]
