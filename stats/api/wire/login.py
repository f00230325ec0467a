"""Routes that an operator may keep for people with an account (setting PARKSTATS_ANALYTICS_LOGIN)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from stats.api.wire.renderer import framework_error


def require(request: Request) -> None:
    """Let pass who is logged in to the admin or sends name and password (HTTP Basic); 401 for others."""
    if not settings.PARKSTATS_ANALYTICS_LOGIN or get_user(request._request).is_authenticated:
        return
    try:
        known = BasicAuthentication().authenticate(request)
    except AuthenticationFailed:
        known = None
    if known is None:
        raise framework_error(401)
