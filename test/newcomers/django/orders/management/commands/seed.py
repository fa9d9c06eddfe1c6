from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from orders.models import Article


class Command(BaseCommand):
    def handle(self, *args, **options):
        User.objects.create_user("gameday", password="a secret for tests")
        Article.objects.bulk_create(Article(name=f"book {n}") for n in range(1, 21))
