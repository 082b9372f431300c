"""Orders' addresses: the customer's pages, then the office's."""

from django.urls import path

from luckygas.views import pending
from orders.views import desk

app_name = "orders"
urlpatterns = [
    path("orders/", pending, name="index"),
    path("orders/new/", pending, name="create"),
    path("orders/new/quote/", pending, name="quote"),
    path("orders/history/", pending, name="history"),
    path("orders/<str:number>/", pending, name="detail"),
    path("orders/<str:number>/change/", pending, name="change"),
    path("orders/<str:number>/cancel/", pending, name="cancel"),
    path("orders/<str:number>/confirm/", pending, name="confirm"),
    path("orders/<str:number>/hold/", pending, name="hold"),
    path("orders/<str:number>/reschedule/", pending, name="reschedule"),
    path("orders/<str:number>/deliver/", pending, name="deliver"),
    path("desk/", desk.desk, name="desk"),
    path("desk/find/", desk.find, name="find"),
    path("desk/<int:number>/", desk.call, name="call"),
    path("desk/<int:number>/order/", desk.take, name="take"),
    path("desk/<int:number>/quote/", desk.desk_quote, name="desk_quote"),
]
