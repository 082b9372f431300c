"""Deliveries' addresses: the driver's phone, the board, what is printed, the day at a glance, and tracking."""

from django.urls import path

from deliveries.views import board, drive, events, monitor, paper, proofs, reviews, route, track

app_name = "deliveries"
urlpatterns = [
    path("drive/", drive.drive, name="drive"),
    path("drive/load/", drive.load, name="load"),
    path("drive/stops/<int:pk>/", drive.stop, name="stop"),
    path("drive/stops/<int:pk>/fail/", drive.fail, name="fail"),
    path("drive/summary/", drive.summary, name="summary"),
    path("drive/events/", events.events, name="events"),
    path("drive/proofs/", proofs.proofs, name="proofs"),
    path("drive/proofs/<int:pk>/", proofs.proof, name="proof"),
    path("dispatch/", board.dispatch, name="dispatch"),
    path("dispatch/routes/new/", board.create_route, name="create_route"),
    path("dispatch/routes/<int:pk>/", route.route, name="route"),
    path("dispatch/routes/<int:pk>/add/", board.add_stop, name="add_stop"),
    path("dispatch/routes/<int:pk>/publish/", board.publish_route, name="publish_route"),
    path("dispatch/routes/<int:pk>/arrange/", board.arrange_route, name="arrange_route"),
    path("dispatch/routes/<int:pk>/close/", route.close_route, name="close_route"),
    path("dispatch/routes/<int:pk>/cash/", route.count_cash, name="count_cash"),
    path("dispatch/routes/<int:pk>/sheet/", paper.sheet, name="sheet"),
    path("dispatch/routes/<int:pk>/loading/", paper.loading, name="loading"),
    path("dispatch/routes/<int:pk>/slips/", paper.slips, name="slips"),
    path("dispatch/stops/<int:pk>/move/", board.move_stop, name="move_stop"),
    path("dispatch/stops/<int:pk>/remove/", board.remove_stop, name="remove_stop"),
    path("dispatch/reviews/", reviews.reviews, name="reviews"),
    path("dispatch/reviews/<int:pk>/close/", reviews.close_review, name="close_review"),
    path("orders/<str:number>/slip/", paper.slip, name="slip"),
    path("orders/<str:number>/receipt/", paper.receipt, name="receipt"),
    path("monitor/", monitor.monitor, name="monitor"),
    path("track/<str:token>/", track.track, name="track"),
]
