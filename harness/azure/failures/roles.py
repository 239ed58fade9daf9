"""Refusals about roles: of those who give them, and of those to whom they are given."""

from __future__ import annotations

from harness.azure.failures.row import KnownFailure

ROLES = (
    KnownFailure(
        "may-not-give-roles",
        "AuthorizationFailed",
        "who is signed in may not give or take roles: being Contributor is not enough",
        "have an administrator run `az role assignment create --role "
        '"Role Based Access Control Administrator" --assignee OBJECT_ID --scope ACCOUNT_ID` with '
        "the object id that Azure named, then sign in again; or have them give the role itself and "
        "leave `access` out",
        "Azure documentation, troubleshoot Azure RBAC; words as recorded of other actions",
        "The client '…' with object id '…' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/write' over scope '…' or the scope is invalid.",
        pattern="roleassignments/(write|delete)",
    ),
    KnownFailure(
        "principal-unknown",
        "PrincipalNotFound",
        "the directory has nobody of this object id, or has heard of it only a moment ago",
        "look it up, for a client id is none: `az ad sp show --id CLIENT_ID --query id`; state its "
        "`type` under `access`: then Azure does not look it up, and one that is new works",
        "recorded, Azure Service Operator 2024 and 2026",
        "Principal … does not exist in the directory …. Check that you have the correct principal "
        "ID. If you are creating this principal and then immediately assigning a role, this error "
        "might be related to a replication delay. In this case, set the role assignment "
        "principalType property to a value, such as ServicePrincipal, User, or Group.  See "
        "https://aka.ms/docs-principaltype",
    ),
    KnownFailure(
        "principal-of-another-type",
        "UnmatchedPrincipalType",
        "the principal is not of the `type` that the spec states",
        "write the type that Azure names, or leave it out",
        "Azure documentation, troubleshoot Azure RBAC",
        "The PrincipalId '…' has type 'User', which is different from specified PrinciaplType "
        "'ServicePrincipal'. Please specify correct PrincipalType value for this PrincipalId.",
    ),
    KnownFailure(
        "role-unknown",
        "RoleDefinitionDoesNotExist",
        "there is no role of this id in the subscription's directory",
        "list roles: `az role definition list --name NAME --query [0].name`",
        "Azure documentation, troubleshoot Azure RBAC",
        "The specified role definition with ID '…' does not exist.",
    ),
    KnownFailure(
        "role-given-already",
        "RoleAssignmentExists",
        "the principal has this role on this very account by another assignment",
        "run `harness plan`: it counts as given",
        "recorded, azure-cli 2023",
        "The role assignment already exists.",
    ),
    KnownFailure(
        "roles-exhausted",
        "RoleAssignmentLimitExceeded",
        "the subscription has as many role assignments as it may have",
        "give roles to groups, and take back those of principals that are gone",
        "Azure documentation, Azure RBAC limits",
        "No more role assignments can be created (code: RoleAssignmentLimitExceeded)",
    ),
)
