"""News that upper floors listen to."""

from django.dispatch import Signal

# Sent with ``decision`` inside the deciding transaction: a receiver that raises undoes it.
decision_decided = Signal()
