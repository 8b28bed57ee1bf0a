"""The people and tickets every sandbox agrees on (fixed: scripts rely on them)."""

from dataclasses import dataclass

ZENDESK_SUBDOMAIN = "sandbox"
ZENDESK_APP_ID = 7001
ZENDESK_INSTALLATION_ID = 9001
ZENDESK_OAUTH_TOKEN = "sandbox-zendesk-token"
ZENDESK_WEBHOOK_SECRET = "sandbox-zendesk-webhook-secret"

SLACK_TEAM_ID = "T0SANDBOX"
SLACK_APP_ID = "A0SANDBOX"
SLACK_BOT_TOKEN = "xoxb-sandbox"
SLACK_SIGNING_SECRET = "sandbox-slack-signing-secret"
SLACK_APPROVALS_CHANNEL = "C0APPROVALS"
SLACK_SECURITY_CHANNEL = "C0SECURITY"

STRIPE_API_KEY = "sk_test_sandbox"
STRIPE_WEBHOOK_SECRET = "whsec_sandbox"


@dataclass(frozen=True)
class Colleague:
    """One person of the support company, named after the role they play."""

    name: str
    title: str
    zendesk_id: int
    zendesk_group: str
    slack_id: str

    @property
    def email(self) -> str:
        return f"{self.name}@support.example"


COLLEAGUES = (
    Colleague("l1", "L1 agent", 501, "Billing L1", "U0L1"),
    Colleague("l2", "L2 agent", 502, "Billing L2", "U0L2"),
    Colleague("manager", "Manager", 503, "Billing Managers", "U0MANAGER"),
    Colleague("manager2", "Second manager", 504, "Billing Managers", "U0MANAGER2"),
    Colleague("specialist", "Billing specialist", 505, "Billing Specialists", "U0SPECIALIST"),
    Colleague("vp", "VP", 506, "", "U0VP"),
    Colleague("legal", "Legal", 507, "", "U0LEGAL"),
    Colleague("compliance", "Compliance", 508, "Compliance", "U0COMPLIANCE"),
    Colleague("lead", "Support lead", 509, "Support Leads", "U0LEAD"),
    Colleague("admin", "Admin", 510, "", "U0ADMIN"),
)

# Somebody of another company who sits in the approvals channel through a shared channel.
FOREIGN_SLACK_USER = "U0FOREIGN"
FOREIGN_SLACK_TEAM = "T0FOREIGN"


@dataclass(frozen=True)
class Story:
    """One seeded ticket: who writes, about what."""

    ticket: int
    company: str
    requester_id: int
    email: str
    subject: str
    message: str


STORIES = (
    Story(
        1001,
        "Acme Corp",
        2001,
        "billing@acme.example",
        "Refund for the outage on our account",
        "Hello, the service was down for a day last month. We would like $1,450 of our last payment back.",
    ),
    Story(
        1002,
        "Bright Labs",
        2002,
        "accounts@brightlabs.example",
        "Our payment did not go through",
        "We got a mail that our payment failed. The card has expired, a new one is on its way. "
        "Can we keep access until then?",
    ),
    Story(
        1003,
        "Cobalt Studio",
        2003,
        "finance@cobalt.example",
        "Charged twice?",
        "There are two charges of the same amount on our card statement, a few minutes apart.",
    ),
    Story(
        1004,
        "Delta Freight",
        2004,
        "ap@deltafreight.example",
        "Why is this invoice so high?",
        "Our last invoice is far higher than usual. Were we overcharged?",
    ),
    Story(
        1005,
        "Ember Health",
        2005,
        "it@ember.example",
        "A little more time on the trial",
        "Our trial ends in three days and two colleagues have not tried it yet. Could we have two more weeks?",
    ),
    Story(
        1006,
        "Fuji Print",
        2006,
        "keiri@fujiprint.example",
        "Credit for the broken import",
        "The import was broken for a week. Could you credit us ¥12,000?",
    ),
    Story(
        1007,
        "Gulf Trading",
        2007,
        "accounts@gulftrading.example",
        "Wrong amount",
        "The invoice should have been KWD 40.250, please give back the difference.",
    ),
    Story(
        1008,
        "Harbor Group",
        2008,
        "procurement@harbor.example",
        "Ending the contract, $24,000 back",
        "We have a three-year contract and want $24,000 of it back.",
    ),
    Story(
        1009,
        "Iris Consulting",
        2009,
        "office@iris.example",
        "Refund for the second account",
        "We were billed on the wrong one of our two accounts, please refund it.",
    ),
    Story(
        1010,
        "Juniper Books",
        2010,
        "shop@juniper.example",
        "Please take my new card",
        "The old card is lost, here is the new one.",
    ),
    Story(
        1011,
        "Kestrel Media",
        2011,
        "rechnung@kestrel.example",
        "Billed in dollars, not in euros",
        "Our contract says euros but the invoice is in US dollars.",
    ),
    Story(
        1012,
        "Lumen Design",
        2012,
        "hello@lumen.example",
        "Question about a bill",
        "I think I was billed by you but cannot find the invoice.",
    ),
    Story(
        1013,
        "Maple Tools",
        2013,
        "orders@mapletools.example",
        "Our order form and payments",
        "Please find our order form and our list of payments attached.",
    ),
)


def colleague(name: str) -> Colleague:
    """The colleague of that name; raises KeyError for anybody else."""
    return {c.name: c for c in COLLEAGUES}[name]


def story(ticket: int) -> Story:
    """The seeded story of a ticket; raises KeyError for an unknown ticket."""
    return {s.ticket: s for s in STORIES}[ticket]
