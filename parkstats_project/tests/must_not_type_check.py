"""A proof that the type checker sees the models: the field below does not exist, and mypy has to say so.

Left out of the ordinary run; scripts/test checks this file alone and demands the error.
"""

from parks.models import Park

Park.objects.filter(no_such_field=1)
