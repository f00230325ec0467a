"""Root URLs."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("stats.api.urls")),
]

handler400 = "stats.api.wire.boundary.bad_request"
handler404 = "stats.api.wire.boundary.not_found"
handler500 = "stats.api.wire.boundary.server_error"
