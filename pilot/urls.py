"""The pilot's addresses."""

from django.urls import path

from pilot import views

app_name = "pilot"
urlpatterns = [
    path("pilot/", views.index, name="index"),
    path("pilot/flags/", views.flags, name="flags"),
    path("pilot/flags/<str:name>/", views.change_flag, name="change_flag"),
    path("pilot/pause/", views.pause, name="pause"),
    path("pilot/resume/", views.resume, name="resume"),
]
