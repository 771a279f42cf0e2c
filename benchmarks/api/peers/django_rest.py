"""Django REST Framework: a model, a serializer, a generic view; under gunicorn with threads."""

import uuid
from typing import Any
from urllib.parse import urlsplit

import django
import jwt
from django.conf import settings as django_settings

from benchmarks.api.peers.settings import DATABASE_URL, PAGE, SECRET

_url = urlsplit(DATABASE_URL)
django_settings.configure(
    SECRET_KEY=SECRET,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _url.path.lstrip("/"),
            "USER": _url.username,
            "PASSWORD": _url.password,
            "HOST": _url.hostname,
            "PORT": _url.port,
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": "-c search_path=peer"},
        }
    },
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import (  # noqa: E402
    authentication,
    exceptions,
    generics,
    pagination,
    permissions,
    serializers,
)


class FoodEntry(models.Model):
    user_id = models.UUIDField()
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    date = models.DateField()
    occurred_at = models.DateTimeField(null=True)
    meal_type = models.CharField(
        max_length=40, choices=[(name, name) for name in ("breakfast", "lunch", "dinner", "snack")]
    )
    food_name = models.CharField(max_length=200)
    calories = models.FloatField(null=True)
    protein_g = models.FloatField(null=True)
    carbs_g = models.FloatField(null=True)
    fats_g = models.FloatField(null=True)
    sugar_g = models.FloatField(null=True)
    fiber_g = models.FloatField(null=True)
    sodium_mg = models.FloatField(null=True)
    notes = models.TextField(null=True, max_length=4_000)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.IntegerField(default=1)
    batch_id = models.UUIDField(null=True)

    class Meta:
        app_label = "peer"
        managed = False
        db_table = "food_entries"


class FoodSerializer(serializers.ModelSerializer):
    class Meta:
        model = FoodEntry
        exclude = ("user_id",)
        read_only_fields = ("id", "created_at", "updated_at", "version", "batch_id")


class Bearer(authentication.BaseAuthentication):
    def authenticate(self, request: Any) -> tuple[str, None]:
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"], None
        except jwt.InvalidTokenError:
            raise exceptions.AuthenticationFailed from None


class SignedIn(permissions.BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002  (the framework's)
        return request.user is not None


class Pages(pagination.CursorPagination):
    page_size = PAGE
    ordering = ("-date", "-id")


class FoodList(generics.ListCreateAPIView):
    serializer_class = FoodSerializer
    authentication_classes = (Bearer,)
    permission_classes = (SignedIn,)
    pagination_class = Pages

    def get_queryset(self) -> Any:
        return FoodEntry.objects.filter(user_id=self.request.user)

    def perform_create(self, serializer: Any) -> None:
        serializer.save(user_id=self.request.user)


urlpatterns = [path("food", FoodList.as_view())]
application = get_wsgi_application()
