"""Who may use the routes under `/admin`: staff with the permission of the admin's page, and with a second factor."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.services.signing_in.second_factors import lacks_staff_factor
from moderation.refusals import SecondFactorMissing, StaffOnly


class Staff(BasePermission):
    """Lets in those whom the admin lets in. `view.needs` is the permission that its page asks for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not isinstance(user, User):
            return False
        if request.method == "OPTIONS":
            return True  # it describes the route, and reads no data
        if not user.is_staff or not user.has_perm(view.needs):
            raise StaffOnly
        if lacks_staff_factor(user):
            raise SecondFactorMissing
        return True
