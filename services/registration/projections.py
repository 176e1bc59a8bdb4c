"""What registration shows: editions, the institutions enrolled, innovations as they stand now, and what is owed."""

from services.registration.edition_projection import EDITIONS
from services.registration.innovation_projection import INNOVATIONS
from services.registration.institution_projection import INSTITUTIONS
from services.registration.registry_projection import REGISTER

PROJECTIONS = (EDITIONS, REGISTER, INSTITUTIONS, INNOVATIONS)
"""The registration service's, in no order."""
