"""Addresses of people, roles, delegations and the audit trail."""

from django.urls import path

from staff.accounts.views import audit, delegations, own, role_policies, roles, tokens, users

app_name = "accounts"
urlpatterns = [
    path("users/", users.UserList.as_view(), name="user-list"),
    path("users/new/", users.UserInvite.as_view(), name="user-invite"),
    path("users/<uuid:uid>/", users.user_detail, name="user-detail"),
    path("users/<uuid:uid>/block/", users.user_block, name="user-block"),
    path("users/<uuid:uid>/unblock/", users.user_unblock, name="user-unblock"),
    path("users/<uuid:uid>/password-link/", users.user_link, name="user-link"),
    path(
        "users/<uuid:uid>/second-factor/reset/", users.user_factor_reset, name="user-factor-reset"
    ),
    path("users/<uuid:uid>/roles/new/", roles.RoleGrantCreate.as_view(), name="role-grant"),
    path("roles/<uuid:uid>/end/", roles.role_end_now, name="role-end"),
    path("delegations/", delegations.delegation_list, name="delegation-list"),
    path("delegations/new/", delegations.DelegationCreate.as_view(), name="delegation-create"),
    path("delegations/<uuid:uid>/revoke/", delegations.revoke, name="delegation-revoke"),
    path("role-policies/", role_policies.role_policies, name="role-policies"),
    path("role-policies/<slug:role>/", role_policies.role_policy_save, name="role-policy-save"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/new/", tokens.TokenMake.as_view(), name="token-make"),
    path("tokens/<uuid:uid>/revoke/", tokens.revoke, name="token-revoke"),
    path("audit/", audit.AuditList.as_view(), name="audit-list"),
    path("audit/<uuid:uid>/", audit.event_detail, name="audit-detail"),
    path("preferences/", own.Preferences.as_view(), name="preferences"),
    path("theme/", own.theme, name="theme"),
    path("language/", own.language, name="language"),
]
