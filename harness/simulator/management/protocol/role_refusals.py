"""Errors about role assignments, in the words that were recorded or documented."""

from __future__ import annotations

from harness.simulator.management.protocol.rows import ErrorRow

ROLE_REFUSALS = (
    ErrorRow(
        "InvalidPrincipalId",
        400,
        "The Principal ID '$principal' is not valid. Principal ID must be a GUID.",
        "recorded (Azure Service Operator 2025)",
    ),
    ErrorRow(
        "PrincipalNotFound",
        400,
        "Principal $principal does not exist in the directory "
        "00000000-0000-0000-0000-000000000000. Check that you have the correct principal ID. If "
        "you are creating this principal and then immediately assigning a role, this error might "
        "be related to a replication delay. In this case, set the role assignment principalType "
        "property to a value, such as ServicePrincipal, User, or Group.  See "
        "https://aka.ms/docs-principaltype",
        "recorded (Azure Service Operator 2024, 2026)",
    ),
    ErrorRow(
        "UnmatchedPrincipalType",
        400,
        "The PrincipalId '$principal' has type 'Group', which is different from specified "
        "PrinciaplType '$type'. Please specify correct PrincipalType value for this PrincipalId.",
        "Azure documentation, troubleshoot Azure RBAC (sic)",
    ),
    ErrorRow(
        "RoleAssignmentLimitExceeded",
        400,
        "No more role assignments can be created (code: RoleAssignmentLimitExceeded)",
        "Azure documentation, Azure RBAC limits; the status is assumed",
    ),
    ErrorRow(
        "RoleAssignmentExists",
        409,
        "The role assignment already exists.",
        "recorded (azure-cli 2023)",
    ),
    ErrorRow(
        "RoleAssignmentNotFound",
        404,
        "The role assignment '$name' is not found.",
        "recorded (Azure Service Operator 2026)",
    ),
    ErrorRow(
        "RoleAssignmentUpdateNotPermitted",
        400,
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        "Azure documentation, troubleshoot Azure RBAC",
    ),
    ErrorRow(
        "InvalidRoleAssignmentId",
        400,
        "The role assignment ID '$name' is not valid. The role assignment ID must be a GUID.",
        "assumed",
    ),
    ErrorRow(
        "RoleDefinitionDoesNotExist",
        400,
        "The specified role definition with ID '$role' does not exist.",
        "Azure documentation, troubleshoot Azure RBAC",
    ),
)
