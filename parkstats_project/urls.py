"""Root URLs."""

from django.contrib import admin
from django.urls import include, path

from parkstats_project.api import description

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/schema", description.SchemaView.as_view(), name="api-schema"),
    path("api/docs", description.PageView.as_view()),
    path("", include("parkstats_project.api.urls")),
]

handler400 = "parkstats_project.api.boundary.bad_request"
handler404 = "parkstats_project.api.boundary.not_found"
handler500 = "parkstats_project.api.boundary.server_error"
