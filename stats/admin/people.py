"""Admin of people and their groups: Django's, with lists that know their rows."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from stats.admin.lists import Choosing

admin.site.unregister((User, Group))


@admin.register(User)
class PersonAdmin(Choosing[User], UserAdmin[User]):
    """Who may log in."""


@admin.register(Group)
class RightsAdmin(Choosing[Group], GroupAdmin):
    """Rights that people share."""
