"""Must fail type checking: proof that mypy sees the models (rides/tests/test_typing.py runs mypy on it)."""

from rides.models import Ride

Ride.objects.filter(no_such_field=1)
