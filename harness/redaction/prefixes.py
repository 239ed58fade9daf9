"""Tokens that tell by their beginning whose they are, and others with a form of their own.

Sources: the public rules of gitleaks (config/gitleaks.toml) and trufflehog (pkg/detectors), both of
2026, and what the services themselves document of their tokens. Lengths are lower bounds: services
make tokens longer, never shorter. Of a service whose tokens have no mark (Cohere, Mistral, Datadog,
Deepgram …) only the name of the field or variable gives a value away.
"""

from __future__ import annotations

from typing import Final

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ANY = r"[A-Za-z0-9_-]"

PREFIXED: Final = (
    # Models, and what is built around them
    ("groq-key", "gsk_", r"[A-Za-z0-9]{32,}"),
    ("xai-key", "xai-", rf"{_ANY}{{40,}}"),
    ("perplexity-key", "pplx-", r"[A-Za-z0-9]{32,}"),
    ("nvidia-key", "nvapi-", rf"{_ANY}{{40,}}"),
    ("replicate-token", "r8_", r"[A-Za-z0-9]{30,}"),
    ("cerebras-key", "csk-", r"[A-Za-z0-9]{32,}"),
    ("fireworks-key", "fw_", r"[A-Za-z0-9]{22,}"),
    ("together-key", "tgp_v1_", rf"{_ANY}{{30,}}"),
    ("anyscale-key", "esecret_", r"[A-Za-z0-9]{20,}"),
    ("voyage-key", "pa-", rf"{_ANY}{{40,}}"),
    ("jina-key", "jina_", rf"{_ANY}{{40,}}"),
    ("tavily-key", "tvly-", rf"{_ANY}{{20,}}"),
    ("firecrawl-key", "fc-", r"[a-f0-9]{32}"),
    ("e2b-key", "e2b_", r"[a-f0-9]{40}"),
    ("elevenlabs-key", "sk_", r"[a-f0-9]{48}"),
    ("heygen-key", "sk_v2_", rf"{_ANY}{{20,}}"),
    ("llamacloud-key", "llx-", r"[A-Za-z0-9]{40,}"),
    ("pinecone-key", "pcsk_", r"[A-Za-z0-9_]{40,}"),
    ("langsmith-key", "lsv2_pt_ lsv2_sk_ ls__", r"[a-f0-9]{32}(?:_[a-f0-9]{10})?"),
    ("langfuse-key", "pk-lf-", _UUID),
    ("wandb-key", "wandb_v1_", rf"{_ANY}{{40,}}"),
    ("openai-session", "sess-", r"[A-Za-z0-9]{40,}"),
    ("huggingface-token", "api_org_", r"[A-Za-z]{34}"),
    ("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?"),
    ("bedrock-key", "ABSK", r"[A-Za-z0-9+/]{100,}={0,2}"),
    ("bedrock-key", "bedrock-api-key-", r"[A-Za-z0-9+/=_-]{32,}"),
    ("google-secret", "GOCSPX-", rf"{_ANY}{{20,}}"),
    ("google-key", "AQ.Ab", rf"{_ANY}{{40,}}"),
    # Clouds and hosts
    ("aws-key", "ABIA ACCA AGPA AIPA ANPA ANVA", r"[A-Z2-7]{16}"),
    ("alibaba-key", "LTAI", r"[A-Za-z0-9]{16,}"),
    ("tencent-key", "AKID", r"[A-Za-z0-9]{32}"),
    ("yandex-key", "AQVN", rf"{_ANY}{{35,}}"),
    ("digitalocean-token", "doo_v1_ dop_v1_ dor_v1_", r"[a-f0-9]{64}"),
    ("heroku-key", "HRKU-", rf"{_ANY}{{30,}}"),
    ("flyio-token", "fo1_ fm1r_ fm1a_ fm2_", r"[A-Za-z0-9+/=_-]{40,}"),
    ("render-key", "rnd_", r"[A-Za-z0-9]{28,}"),
    ("netlify-token", "nfp_ nfc_ nfo_", r"[A-Za-z0-9]{36,}"),
    ("vercel-token", "vcp_ vci_ vca_ vcr_ vck_", r"[A-Za-z0-9]{24,}"),
    ("supabase-key", "sbp_", r"(?:oauth_|v0_)?[a-f0-9]{40}"),
    ("supabase-key", "sb_secret_", rf"{_ANY}{{20,}}"),
    ("neon-key", "napi_", r"[a-z0-9]{40,}"),
    ("planetscale-token", "pscale_tkn_ pscale_oauth_ pscale_pw_", r"[A-Za-z0-9_=.-]{32,}"),
    ("mongodb-secret", "mdb_sa_sk_", rf"{_ANY}{{30,}}"),
    ("cloudflare-key", "v1.0-", r"[a-f0-9]{24}-[a-f0-9]{146}"),
    ("clickhouse-key", "4b1d", r"[A-Za-z0-9]{38}"),
    ("tailscale-key", "tskey-", r"[a-z]+-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
    ("openshift-token", "sha256~", rf"{_ANY}{{43}}"),
    # Secrets' own keepers, infrastructure
    ("vault-token", "hvs. hvb. hvr.", rf"{_ANY}{{24,}}"),
    ("pulumi-token", "pul-", r"[a-f0-9]{40}"),
    ("doppler-token", "dp.pt. dp.ct. dp.sa. dp.scim. dp.audit.", r"[A-Za-z0-9]{40,}"),
    ("infracost-key", "ico-", r"[A-Za-z0-9]{32}"),
    ("1password-token", "ops_", r"eyJ[A-Za-z0-9+/]{100,}={0,3}"),
    ("1password-key", "A3-", r"[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}"),
    ("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    ("docker-token", "dckr_pat_ dckr_oat_", rf"{_ANY}{{20,}}"),
    # Code, packages, pipelines
    (
        "gitlab-token",
        "glptt- gldt- glrt- glrtr- glcbt- glft- glimt- glagent- gloas- glsoat- glffct- glwt-",
        r"[A-Za-z0-9_.-]{20,}",
    ),
    ("gitlab-token", "GR1348941", rf"{_ANY}{{20}}"),
    ("atlassian-token", "ATATT3 ATCTT3", r"[A-Za-z0-9_=-]{60,}"),
    ("bitbucket-token", "ATBB", r"[A-Za-z0-9]{32}"),
    ("trello-token", "ATTA", r"[a-f0-9]{60,}"),
    ("rubygems-key", "rubygems_", r"[a-f0-9]{48}"),
    ("nuget-key", "oy2", r"[a-z0-9]{43}"),
    ("crates-token", "cio", r"[A-Za-z0-9]{32}"),
    ("clojars-token", "CLOJARS_", r"[a-z0-9]{60}"),
    ("artifactory-key", "AKCp", r"[A-Za-z0-9]{60,}"),
    ("artifactory-token", "cmVmdGtu", r"[A-Za-z0-9]{50,}"),
    ("circleci-token", "CCIPAT_ CCIPRJ_", r"[A-Za-z0-9_]{30,}"),
    ("buildkite-token", "bkua_", r"[a-f0-9]{40}"),
    ("sonar-token", "squ_ sqp_ sqa_", r"[a-f0-9]{40}"),
    ("sourcegraph-token", "sgp_", r"(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}"),
    ("prefect-key", "pnu_", r"[A-Za-z0-9]{36}"),
    ("postman-key", "PMAK-", r"[a-f0-9]{24}-[a-f0-9]{34}"),
    ("octopus-key", "API-", r"[A-Z0-9]{26,}"),
    ("readme-key", "rdme_", r"[a-z0-9]{70}"),
    # Watching
    ("grafana-token", "glsa_", r"[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    ("grafana-token", "glc_", r"[A-Za-z0-9+/]{32,}={0,3}"),
    ("grafana-key", "eyJrIjoi", r"[A-Za-z0-9]{70,}={0,3}"),
    ("newrelic-key", "NRAK- NRII- NRJS- NRAL- NRRA-", r"[A-Za-z0-9-]{19,}"),
    ("sentry-token", "sntrys_ sntryu_ sntrya_", r"[A-Za-z0-9+/=_-]{40,}"),
    ("honeycomb-key", "hcaik_ hcxik_ hcbik_ hcxmk_ hcamk_", r"[A-Za-z0-9]{30,}"),
    ("dynatrace-token", "dt0c01. dt0s01. dt0s16.", r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}"),
    ("posthog-key", "phx_ phs_", r"[A-Za-z0-9]{32,}"),
    ("launchdarkly-key", "sdk- api- mob-", _UUID),
    # Chats, mail, messages
    ("slack-token", "xapp-", r"\d-[A-Z0-9]+-\d+-[a-z0-9]+"),
    ("mailgun-key", "key-", r"[a-f0-9]{32}"),
    ("brevo-key", "xkeysib- xsmtpsib-", r"[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    ("mailersend-key", "mlsn.", r"[a-f0-9]{64}"),
    ("resend-key", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    ("twilio-key", "SK", r"[a-f0-9]{32}"),
    ("facebook-token", "EAA", r"[A-Za-z0-9]{90,}"),
    # Money and shops
    ("stripe-key", "sk_prod_ rk_prod_", r"[A-Za-z0-9]{16,}"),
    ("webhook-secret", "whsec_", r"[A-Za-z0-9+/=]{24,}"),
    ("square-token", "EAAA", rf"{_ANY}{{60}}"),
    ("square-token", "sq0atp- sq0csp-", rf"{_ANY}{{22,}}"),
    ("shopify-token", "shpat_ shpca_ shppa_ shpss_", r"[A-Fa-f0-9]{32}"),
    ("shippo-token", "shippo_live_ shippo_test_", r"[A-Fa-f0-9]{40}"),
    ("easypost-key", "EZAK EZTK", r"[A-Za-z0-9]{54}"),
    ("razorpay-key", "rzp_live_ rzp_test_", r"[A-Za-z0-9]{14,}"),
    ("flutterwave-key", "FLWSECK- FLWSECK_TEST-", r"[A-Za-z0-9]{12,}(?:-X)?"),
    ("duffel-token", "duffel_live_ duffel_test_", rf"{_ANY}{{40,}}"),
    ("plaid-token", "access-production- access-sandbox- access-development-", _UUID),
    ("amazon-token", "amzn.mws.", _UUID),
    # Documents, tasks, designs
    ("notion-token", "ntn_", r"[A-Za-z0-9]{40,}"),
    ("notion-token", "secret_", r"[A-Za-z0-9]{43}"),
    ("linear-key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{32,}"),
    ("airtable-token", "pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("figma-token", "figd_ figo_", rf"{_ANY}{{30,}}"),
    ("clickup-token", "pk_", r"\d{6,}_[A-Z0-9]{32}"),
    ("typeform-token", "tfp_", r"[A-Za-z0-9_.=-]{40,}"),
    ("contentful-token", "CFPAT-", rf"{_ANY}{{40,}}"),
    ("hubspot-token", "pat-na1- pat-eu1- pat-na2- pat-ap1-", _UUID),
    ("dropbox-token", "sl.u. sl.", rf"{_ANY}{{100,}}"),
    ("mapbox-token", "sk.ey", r"[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}"),
    ("frameio-token", "fio-u-", rf"{_ANY}{{60,}}"),
)
"""Kinds: the beginnings, as they are written, and what follows one of them."""

FORMED: Final = (
    ("slack-webhook", "hooks.slack", (
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/"
        r"(?P<secret>[A-Za-z0-9+/_-]{20,})"
    )),
    ("discord-webhook", "/api/webhooks/",
     r"discord(?:app)?\.com/api/webhooks/\d{5,}/(?P<secret>[A-Za-z0-9_-]{40,})"),
    ("teams-webhook", "webhookb2/", (
        rf"webhook\.office\.com/webhookb2/(?P<secret>{_UUID}@{_UUID}/IncomingWebhook/"
        r"[^\s\"'<>]{32,})"
    )),
    ("telegram-token", ":aa",
     r"(?:(?<![A-Za-z0-9])|(?<=/bot))\d{7,12}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    ("discord-token", ".", (
        r"[MNO](?<![A-Za-z0-9_.-][MNO])[A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}"
        r"\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
    )),
    ("terraform-token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    ("doppler-token", "dp.st.", r"dp\.st\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}"),
    ("devops-token", "azdo", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    ("mailchimp-key", "-us", r"(?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])"),
    ("maxmind-key", "_mmk", r"(?<![A-Za-z0-9_])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    ("google-token", "1//0", r"1//0[A-Za-z0-9_-]{40,}"),
    ("vault-token", "s.", (
        r"(?<![A-Za-z0-9_./-])s\.(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}"
        r"(?![A-Za-z0-9_/-]|\.[A-Za-z0-9])"
    )),
    ("aws-secret", "aws secret", (
        r"(?i:aws|secret)[\w\s:='\"\\.-]{0,40}?(?<![A-Za-z0-9/+])"
        r"(?=[A-Za-z/+]*\d)(?=[a-z0-9/+]*[A-Z])(?=[A-Z0-9/+]*[a-z])"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
    )),
)  # fmt: skip
"""Kinds: texts one of which stands there, in lower case, and the pattern of the whole."""
