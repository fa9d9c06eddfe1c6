from django.db import models


class Article(models.Model):
    name = models.CharField(max_length=100)


class Order(models.Model):
    id = models.CharField(primary_key=True, max_length=200)
    article = models.ForeignKey(Article, on_delete=models.PROTECT)
