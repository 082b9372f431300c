"""Deliveries' addresses: the driver's phone, the board, the day at a glance, and tracking."""

from django.urls import path

from luckygas.views import pending

app_name = "deliveries"
urlpatterns = [
    path("drive/", pending, name="drive"),
    path("drive/load/", pending, name="load"),
    path("drive/stops/<int:pk>/", pending, name="stop"),
    path("drive/stops/<int:pk>/fail/", pending, name="fail"),
    path("drive/summary/", pending, name="summary"),
    path("drive/events/", pending, name="events"),
    path("drive/proofs/", pending, name="proofs"),
    path("dispatch/", pending, name="dispatch"),
    path("dispatch/routes/new/", pending, name="create_route"),
    path("dispatch/routes/<int:pk>/", pending, name="route"),
    path("dispatch/routes/<int:pk>/add/", pending, name="add_stop"),
    path("dispatch/routes/<int:pk>/publish/", pending, name="publish_route"),
    path("dispatch/routes/<int:pk>/cash/", pending, name="count_cash"),
    path("dispatch/stops/<int:pk>/move/", pending, name="move_stop"),
    path("dispatch/stops/<int:pk>/remove/", pending, name="remove_stop"),
    path("dispatch/reviews/", pending, name="reviews"),
    path("dispatch/reviews/<int:pk>/close/", pending, name="close_review"),
    path("monitor/", pending, name="monitor"),
    path("track/<str:token>/", pending, name="track"),
]
