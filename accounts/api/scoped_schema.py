"""Say in the OpenAPI document which scope a personal API token needs for each operation."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema

from accounts.access.scopes import TokenAccess


class ScopedSchema(AutoSchema):
    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular passes nothing
        """Return what the operation does, and which scopes it needs, from what its view declares."""
        said = super().get_description() or ""
        access = getattr(self.view, "token_access", None)
        scopes = _scopes(access, self.method) if isinstance(access, TokenAccess) else ""
        return f"{said}\n\n{scopes}" if scopes else said


def _scopes(access: TokenAccess, method: str) -> str:
    needed = access.needed(method)
    if needed is None:
        return "Not for API tokens."
    names = " or ".join(f"`{scope}`" for scope in sorted(needed))
    return f"API tokens need the scope {names}." if names else ""
