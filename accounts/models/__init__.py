"""Models of accounts: tenants, users, groups, sessions, API tokens, the inbox, mailed links and codes, and the account
log.
"""

from accounts.models.account_activity import AccountActivity
from accounts.models.account_links import AccountLink
from accounts.models.api_tokens import ApiToken
from accounts.models.avatars import Avatar
from accounts.models.groups import Group, GroupMember, GroupQuerySet
from accounts.models.inbox import Notification, NotificationChoice
from accounts.models.one_time_codes import OneTimeCode
from accounts.models.people import DEFAULT_TENANT_ID, Tenant, User, UserManager
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.stored_answers import StoredAnswer

__all__ = [
    "DEFAULT_TENANT_ID",
    "AccountActivity",
    "AccountLink",
    "ApiToken",
    "Avatar",
    "Group",
    "GroupMember",
    "GroupQuerySet",
    "Notification",
    "NotificationChoice",
    "OneTimeCode",
    "Session",
    "SessionQuerySet",
    "StoredAnswer",
    "Tenant",
    "User",
    "UserManager",
]
