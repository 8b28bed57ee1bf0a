"""Reading the people file: everything that is wrong with it, at once."""

import pytest

from sidebar_app.adapters.people_file import PeopleFaults, load
from sidebar_app.domain.people import Role, SlackIdentity

PERSON = '[[person]]\nid = "m"\nname = "M"\nemail = "M@x.example"\nroles = ["manager"]\n'


def faults(text: str) -> list[str]:
    with pytest.raises(PeopleFaults) as caught:
        load(text)
    return caught.value.faults


def test_a_file_is_read_whole() -> None:
    roles, (person,) = load(
        '[zendesk.groups]\n"A" = "manager"\n[zendesk.roles]\nadmin = "admin"\n[zendesk.tags]\nt = "l1_agent"\n'
        f'[zendesk.custom_roles]\n"C" = "l2_agent"\n{PERSON}zendesk_id = 7\nslack_team = "T"\nslack_user = "U"\n'
    )
    assert (roles.groups, roles.roles) == ({"A": Role.MANAGER}, {"admin": Role.ADMIN})
    assert (person.email, person.zendesk_id, person.slack) == ("m@x.example", 7, SlackIdentity("T", "U"))
    assert person.active


def test_every_fault_is_named_at_once() -> None:
    text = """
planet = "x"
[zendesk.groups]
"A" = "boss"
[zendesk.roles]
owner = "admin"
[zendesk.moons]
[[person]]
id = "a"
name = 5
roles = "manager"
slack_team = "T"
colour = "red"
[[person]]
id = ""
name = "B"
email = "b@x.example"
roles = ["manager", 3]
zendesk_id = true
"""
    assert sorted(faults(text)) == sorted(
        [
            "'planet' is not known; use zendesk and person.",
            "zendesk.moons is not known; use groups, tags, roles, custom_roles.",
            "zendesk.groups: 'boss' (for 'A') is not a role.",
            "zendesk.roles: 'owner' is not a role of Zendesk; use agent or admin.",
            "person 1 (a): 'email' is missing.",
            "person 1 (a): 'colour' is not known.",
            "person 1 (a): 'name' must be a text.",
            "person 1 (a): 'roles' must be a list.",
            "person 1 (a): slack_team and slack_user belong together.",
            "person 2 (): 'zendesk_id' must be a whole number.",
            "person 2 (): 'id' is empty.",
            "person 2 (): 3 is not a role.",
        ]
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zendesk = 1", "zendesk must be tables"),
        ("[zendesk]\ngroups = 1", "zendesk.groups must be a table"),
        ('person = "x"', "write [[person]]"),
        ("person = [1]", "write [[person]]"),
        ("x = ", "not valid TOML"),
    ],
)
def test_a_file_of_another_shape_is_a_fault_and_no_crash(text: str, words: str) -> None:
    assert words in faults(text)[0]


def test_nobody_shares_an_account() -> None:
    both = 'zendesk_id = 7\nslack_team = "T"\nslack_user = "U"\n'
    other = PERSON.replace("M@x", "m@X")
    assert faults(PERSON + both + other + both) == [
        f"person m: another person has the same {what}."
        for what in ("id", "email", "Zendesk user", "Slack user")
    ]
