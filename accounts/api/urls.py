"""URLs under `api/v1/`, without trailing slashes."""

from django.urls import path

from accounts.api import factor_views, session_views, sign_in_views, tenant_views, token_views, views
from accounts.api.groups import views as group_views

urlpatterns = [
    path("auth/register", views.RegisterView.as_view(), name="api-register"),
    path("auth/login", views.LoginView.as_view(), name="api-login"),
    path("auth/refresh", views.RefreshView.as_view(), name="api-refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="api-logout"),
    path("auth/token/session", session_views.PageTokensView.as_view(), name="api-page-tokens"),
    path("auth/password/change", session_views.ChangePasswordView.as_view(), name="api-change-password"),
    path("auth/ping", views.PingView.as_view(), name="api-ping"),
    path("auth/me", views.MeView.as_view(), name="api-auth-me"),
    path("auth/google", sign_in_views.ProviderView.as_view(provider_id="google"), name="api-google"),
    path("auth/github", sign_in_views.ProviderView.as_view(provider_id="github"), name="api-github"),
    path("auth/oidc/<str:provider_id>", sign_in_views.ProviderView.as_view(), name="api-oidc"),
    path("auth/verify-email", sign_in_views.VerifyEmailView.as_view(), name="api-verify-email"),
    path("auth/resend-code", sign_in_views.ResendCodeView.as_view(), name="api-resend-code"),
    path("auth/code", sign_in_views.LogInCodeView.as_view(), name="api-log-in-code"),
    path("auth/code/confirm", sign_in_views.LogInByCodeView.as_view(), name="api-log-in-by-code"),
    path("auth/password/reset", sign_in_views.ResetPasswordView.as_view(), name="api-password-reset"),
    path(
        "auth/password/reset/confirm",
        sign_in_views.ResetPasswordConfirmView.as_view(),
        name="api-password-reset-confirm",
    ),
    path("users/me/email", sign_in_views.NewAddressView.as_view(), name="api-new-address"),
    path(
        "users/me/email/confirm",
        sign_in_views.NewAddressConfirmView.as_view(),
        name="api-new-address-confirm",
    ),
    path("auth/passkey", factor_views.LogInByPasskeyView.as_view(), name="api-log-in-by-passkey"),
    path(
        "auth/passkey/options",
        factor_views.LogInPasskeyOptionsView.as_view(),
        name="api-log-in-passkey-options",
    ),
    path("users/me/factors", factor_views.FactorsView.as_view(), name="api-factors"),
    path("users/me/factors/app", factor_views.AppView.as_view(), name="api-factor-app"),
    path(
        "users/me/factors/app/confirm", factor_views.AppConfirmView.as_view(), name="api-factor-app-confirm"
    ),
    path(
        "users/me/factors/recovery-codes",
        factor_views.RecoveryCodesView.as_view(),
        name="api-recovery-codes",
    ),
    path("users/me/factors/passkeys", factor_views.PasskeysView.as_view(), name="api-passkeys"),
    path(
        "users/me/factors/passkeys/options",
        factor_views.PasskeyOptionsView.as_view(),
        name="api-passkey-options",
    ),
    path(
        "users/me/factors/passkeys/<str:passkey_id>", factor_views.PasskeyView.as_view(), name="api-passkey"
    ),
    path("auth/avatar", views.AvatarView.as_view(), name="api-auth-avatar"),
    path("users/me/avatar", views.AvatarView.as_view(), name="api-avatar"),
    path("users/me", views.MeView.as_view(), name="api-me"),
    path("users/me/sessions", session_views.SessionsView.as_view(), name="api-sessions"),
    path("users/me/sessions/<uuid:session_id>", session_views.SessionView.as_view(), name="api-session"),
    path("users/me/tokens", token_views.ApiTokensView.as_view(), name="api-tokens"),
    path("users/me/tokens/<uuid:token_id>", token_views.ApiTokenView.as_view(), name="api-token"),
    path("groups", group_views.GroupsView.as_view(), name="api-groups"),
    path("groups/<uuid:group_id>", group_views.GroupView.as_view(), name="api-group"),
    path("groups/<uuid:group_id>/members", group_views.GroupMembersView.as_view(), name="api-group-members"),
    path(
        "groups/<uuid:group_id>/members/<uuid:user_id>",
        group_views.GroupMemberView.as_view(),
        name="api-group-member",
    ),
    path("users", tenant_views.UsersView.as_view(), name="api-users"),
    path("users/<uuid:user_id>", tenant_views.UserView.as_view(), name="api-user"),
    path("tenants", tenant_views.TenantsView.as_view(), name="api-tenants"),
    path("tenants/<uuid:tenant_id>", tenant_views.TenantView.as_view(), name="api-tenant"),
    path("notifications", views.NotificationsView.as_view(), name="api-notifications"),
    path(
        "notifications/read-all", views.NotificationsReadAllView.as_view(), name="api-notifications-read-all"
    ),
    path(
        "notifications/<uuid:notification_id>/read",
        views.NotificationReadView.as_view(),
        name="api-notification-read",
    ),
]
