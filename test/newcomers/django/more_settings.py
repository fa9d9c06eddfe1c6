
# What the shop adds to the settings that "django-admin startproject" wrote.
import dj_database_url

INSTALLED_APPS += ["orders"]
DATABASES = {"default": dj_database_url.config(conn_max_age=60, conn_health_checks=True)}
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 2, "options": "-c statement_timeout=2000"}
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
# All users of a load log in at once, and the usual hash of a password is made to cost half a second of a processor.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
