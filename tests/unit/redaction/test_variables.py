"""Names of variables that hold secrets, and such that do not."""

from __future__ import annotations

import pytest

from harness.redaction.variables import find_secret_values, is_secret_variable

SECRET = (
    "AZURE_OPENAI_API_KEY OPENAI_TOKEN AZURE_CLIENT_SECRET HARNESS_PASSWORD AZURE_CREDENTIALS "
    "AZURE_CREDS AZURE_PASS HARNESS_DBPASS AZURE_PWD HARNESS_ROOTPWD AZURE_CLIENT_CERTIFICATE_PATH "
    "AZURE_CERT AZURE_SAS HARNESS_SAS_URL AZURE_STORAGE_CONNECTION_STRING AZURE_CONN_STR "
    "HARNESS_CONNSTR SENTRY_DSN AZURE_PRIVATE_PEM AZURE_AUTH HARNESS_OAUTH HARNESS_AUTHORIZATION "
    "AZURE_DEVOPS_EXT_PAT HARNESS_PAT2 HARNESS_COOKIE AZURE_SIGNATURE HARNESS_SIG "
    "HARNESS_PASSPHRASE HARNESS_PASSWD HARNESS_JWT HARNESS_BEARER"
)
ORDINARY = (
    "AZURE_SUBSCRIPTION_ID AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_REGION AZURE_LOCATION "
    "AZURE_RESOURCE_GROUP AZURE_ENV HARNESS_CLOUD HARNESS_AUTHOR AZURE_AUTHORITY_HOST AZURE_PATH "
    "PWD OLDPWD HARNESS_PATTERN HARNESS_COMPASS HARNESS_BYPASS AZURE_LOCAL_AUTH HARNESS_PASSAGE "
    "AZURE_OPENAI_ENDPOINT OPENAI_API_VERSION AZURE_CAPACITY AZURE_KIND HARNESS_CONNECTOR"
)


@pytest.mark.parametrize("name", SECRET.split())
def test_a_secret_is_known_by_its_name_in_any_case(name: str) -> None:
    assert is_secret_variable(name)
    assert is_secret_variable(name.lower())


@pytest.mark.parametrize("name", ORDINARY.split())
def test_an_ordinary_name_is_no_secret(name: str) -> None:
    assert not is_secret_variable(name)


def test_what_is_a_word_or_a_place_is_no_secret_to_look_for() -> None:
    told = {"A_KEY": "canary-1", "B_KEY": "short-1", "C_KEY": "lm-studio", "PLAIN": "canary-2"}
    assert find_secret_values(
        {**told, "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates-1.crt"}
    ) == {"canary-1": "A_KEY"}
