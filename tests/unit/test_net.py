"""Addresses in every form that a resolver takes, and where they lead."""

from __future__ import annotations

import pytest

from harness.net import InnerHosts, find_proxy

METADATA = (
    "169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 0xa9.254.43518 169.254.43518 "
    "::ffff:169.254.169.254 ::ffff:a9fe:a9fe 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1 fe80::1 "
    "168.63.129.16"
)
PRIVATE = "10.0.0.5 192.168.1.20 172.16.0.1 100.64.0.1 fd00:ec2::254 0.0.0.0 :: 224.0.0.1"
NOT_GLOBAL = "::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b:1::a9fe:a9fe"
HERE = "127.1 2130706433 0x7f000001 017700000001 ::ffff:127.0.0.1"


@pytest.mark.parametrize("host", f"{METADATA} {PRIVATE} {HERE} {NOT_GLOBAL}".split())
def test_an_inner_address_is_told_in_whatever_form_it_is_written(host: str) -> None:
    assert InnerHosts().find_refusal(host, host) != ""
    assert InnerHosts({host}).find_refusal(host, host) == ""


@pytest.mark.parametrize("host", ["20.50.2.1", "2603:1020:5:2::1", "llm.example", "localhost"])
def test_an_open_address_and_a_name_are_no_inner_address(host: str) -> None:
    assert InnerHosts().find_refusal(host, host) == ""


def test_a_name_is_judged_by_where_it_leads() -> None:
    told = InnerHosts().find_refusal("Rebind.Example.", "127.0.0.1")
    assert told == "Rebind.Example. leads to an address of this machine (127.0.0.1)"
    assert InnerHosts({"rebind.example"}).find_refusal("Rebind.Example.", "127.0.0.1") == ""
    private_endpoint = InnerHosts((), (".openai.azure.com",))
    assert private_endpoint.find_refusal("contoso.openai.azure.com", "10.0.0.4") == ""
    assert private_endpoint.find_refusal("contoso.openai.azure.com.evil.example", "10.0.0.4") != ""


def test_the_environments_proxy_is_found_as_other_programs_find_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert find_proxy("https://llm.example/v1") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inner.example")
    assert find_proxy("https://llm.example/v1") == "http://proxy.example:3128"
    assert find_proxy("https://inner.example/v1") is None
    assert find_proxy("http://llm.example/v1") is None
