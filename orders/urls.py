"""Orders' addresses: the customer's pages, then the office's."""

from django.urls import path

from orders.views import change, customer, desk, office, order, prices, readings, standing, standing_parts, statements
from orders.views.merge import merge

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
    path("customers/<int:number>/merge/", merge, name="merge"),
    path("prices/", prices.prices, name="prices"),
    path("prices/enter/", prices.enter_prices, name="enter_prices"),
    path("prices/orders/", prices.reprice, name="reprice"),
    path("prices/<int:pk>/", prices.price_change, name="price_change"),
    path("prices/<int:pk>/withdraw/", prices.withdraw_prices, name="withdraw_prices"),
    path("statements/", statements.statements, name="statements"),
    path("statements/print/", statements.print_statements, name="print_statements"),
    path("statements/<int:number>/<int:year>-<int:month>/", statements.statement, name="statement"),
    path("readings/", readings.readings, name="readings"),
    path("readings/meters/<int:pk>/", readings.meter, name="meter"),
    path("readings/<int:pk>/correct/", readings.correct_reading, name="correct_reading"),
    path("customers/<int:number>/standing-orders/", standing_parts.standing_of, name="standing_of"),
    path("account/standing/", standing_parts.my_standing, name="my_standing"),
    path("standing/", standing.standing_orders, name="standing_orders"),
    path("standing/new/", standing.create_standing, name="create_standing"),
    path("standing/days/", standing.standing_days, name="standing_days"),
    path("standing/days/<int:pk>/aside/", standing.put_aside, name="put_aside"),
    path("standing/<int:pk>/", standing.standing_order, name="standing_order"),
    path("standing/<int:pk>/edit/", standing.edit_standing, name="edit_standing"),
    path("standing/<int:pk>/pause/", standing.pause_standing, name="pause_standing"),
    path("standing/<int:pk>/resume/", standing.resume_standing, name="resume_standing"),
    path("standing/<int:pk>/end/", standing.end_standing, name="end_standing"),
    path("standing/<int:pk>/make/", standing.make_standing, name="make_standing"),
    path("desk/", desk.desk, name="desk"),
    path("desk/find/", desk.find, name="find"),
    path("desk/<int:number>/", desk.call, name="call"),
    path("desk/<int:number>/order/", desk.take, name="take"),
    path("desk/<int:number>/quote/", desk.desk_quote, name="desk_quote"),
]
