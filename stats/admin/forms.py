"""Forms of what people maintain: fixed values are chosen, and what has consequences says so."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from parks.models import Park
from rides.choices import ClassificationMethod
from rides.models import Ride, RideClassification
from stats import rules

TIERS: Final = [(str(tier), f"{tier} (weight {weight})") for tier, weight in rules.TIER_WEIGHTS.items()]
NO_TIER: Final = [("", "unclassified")]


class ParkForm(forms.ModelForm[Park]):
    """The time zone is one that exists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        self.fields["timezone"] = forms.ChoiceField(
            choices=[(name, name) for name in zones],
            help_text="Hours of the park are shown on this clock; the day boundary is Pacific for all parks.",
        )


class RideForm(forms.ModelForm[Ride]):
    """A ride that moves to another park is asked for twice: its past stays where it was."""

    moves = forms.BooleanField(
        required=False,
        label="move it to another park",
        help_text="Only needed if the park was changed. From now on the ride counts for the new park; days "
        "that are over keep the park they had.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"] = forms.TypedChoiceField(
            choices=NO_TIER + TIERS, coerce=int, empty_value=None, required=False
        )
        if self.instance.pk is None:
            self.fields["moves"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any] | None:
        """Refuse a move that was not meant."""
        cleaned = super().clean() or {}
        if self.instance.pk and "park" in self.changed_data and not cleaned.get("moves"):
            raise ValidationError(
                "The park was changed: tick “move it to another park” if that is meant. Days that are over "
                "keep the park they had."
            )
        return cleaned


class ClassificationForm(forms.ModelForm[RideClassification]):
    """A tier brings its weight; a change by hand says why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"] = forms.TypedChoiceField(choices=TIERS, coerce=int)

    def clean(self) -> dict[str, Any] | None:
        """Ask for the reason of a changed tier."""
        cleaned = super().clean() or {}
        if "tier" in self.changed_data and not (cleaned.get("override_reason") or "").strip():
            self.add_error("override_reason", "Say why the tier was changed.")
        return cleaned

    def save(self, commit: bool = True) -> RideClassification:
        """The weight follows from the tier, and a changed tier is by hand."""
        self.instance.tier_weight = rules.TIER_WEIGHTS[self.instance.tier]
        if "tier" in self.changed_data:
            self.instance.classification_method = ClassificationMethod.MANUAL_OVERRIDE
        return super().save(commit)
