"""What is stored about people: where, why, how long; found for whoever asks, taken away, and gone in time."""

from storage.personal_data.erasure import Erased, erase
from storage.personal_data.holdings import HOLDINGS, Holding
from storage.personal_data.of_person import everything_about
from storage.personal_data.retention import sweep
from storage.personal_data.scrub import Somebody

__all__ = ["HOLDINGS", "Erased", "Holding", "Somebody", "erase", "everything_about", "sweep"]
