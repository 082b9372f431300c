"""Orders' addresses: the customer's pages, then the office's."""

from django.urls import path

from orders.views import change, customer, desk, office, order

app_name = "orders"
urlpatterns = [
    path("orders/", customer.index, name="index"),
    path("orders/new/", order.create, name="create"),
    path("orders/new/quote/", order.quote, name="quote"),
    path("orders/history/", customer.history, name="history"),
    path("orders/<str:number>/", customer.detail, name="detail"),
    path("orders/<str:number>/change/", change.change, name="change"),
    path("orders/<str:number>/cancel/", change.cancel, name="cancel"),
    path("orders/<str:number>/confirm/", office.confirm, name="confirm"),
    path("orders/<str:number>/hold/", office.hold, name="hold"),
    path("orders/<str:number>/reschedule/", office.reschedule, name="reschedule"),
    path("orders/<str:number>/deliver/", office.deliver, name="deliver"),
    path("customers/<int:number>/standing/", office.standing, name="standing"),
    path("desk/", desk.desk, name="desk"),
    path("desk/find/", desk.find, name="find"),
    path("desk/<int:number>/", desk.call, name="call"),
    path("desk/<int:number>/order/", desk.take, name="take"),
    path("desk/<int:number>/quote/", desk.desk_quote, name="desk_quote"),
]
