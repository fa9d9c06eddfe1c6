
# What the shop adds to the paths that "django-admin startproject" wrote.
from django.contrib.auth.views import LoginView
from orders import views

urlpatterns += [
    path("", views.home),
    path("health/", views.health),
    path("login/", LoginView.as_view(template_name="login.html")),
    path("articles/", views.articles),
    path("orders/", views.order),
]
