"""Root URLs."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from stats.api import metrics, status

urlpatterns = [
    path("admin/", admin.site.urls),
    # As people type them.
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("status/", status.with_slash),
    path("metrics", metrics.metrics),
    path("", include("stats.api.urls")),
]

handler400 = "stats.api.wire.boundary.bad_request"
handler404 = "stats.api.wire.boundary.not_found"
handler500 = "stats.api.wire.failed.server_error"
