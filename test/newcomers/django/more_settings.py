
# What the shop adds to the settings that "django-admin startproject" wrote.
import dj_database_url

INSTALLED_APPS += ["orders"]
DATABASES = {"default": dj_database_url.config(conn_max_age=60, conn_health_checks=True)}
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 2, "options": "-c statement_timeout=2000"}
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
