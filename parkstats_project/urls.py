"""Root URLs."""

from django.contrib import admin
from django.urls import include, path

from stats.api import metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("metrics", metrics.metrics),
    path("", include("stats.api.urls")),
]

handler400 = "stats.api.wire.boundary.bad_request"
handler404 = "stats.api.wire.boundary.not_found"
handler500 = "stats.api.wire.failed.server_error"
