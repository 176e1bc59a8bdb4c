"""Identity's JSON API: tokens and keys, people and accounts, roles and clients."""

from services.identity.accounts_api import accounts_router
from services.identity.clients_api import clients_router
from services.identity.grants_api import grants_router
from services.identity.mandates_api import mandates_router
from services.identity.people_api import people_router
from services.identity.sign_in_links_api import links_router
from services.identity.token_api import token_router

ROUTERS = (token_router, people_router, accounts_router, grants_router, clients_router, mandates_router, links_router)
