import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from .models import Article, Order


def home(request):
    return HttpResponse('<h1>Book shop</h1><a href="/articles/">What we have</a>')


def health(request):
    return JsonResponse({"ok": True})


def articles(request):
    return JsonResponse({"articles": list(Article.objects.order_by("id").values("id", "name"))})


@login_required
@require_POST
def order(request):
    given = json.loads(request.body)
    Order.objects.get_or_create(id=given["id"], defaults={"article_id": given["article"]})
    return JsonResponse({"id": given["id"]}, status=201)
