"""The policy and the people file: read at the start, and again on a hang-up."""

import logging

from sidebar_app.adapters import people_file, policy_file
from sidebar_app.domain.people import Person
from sidebar_app.permissions import PolicyFaults
from sidebar_app.settings import Settings
from sidebar_app.workflow.identify import RoleMap
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.services import Services

log = logging.getLogger(__name__)


def policy_in_force(settings: Settings) -> InForce:
    """For the start of a process; raises PolicyFaults."""
    return InForce(policy_file.read(settings.policy_file))


def renew_policy(settings: Settings, in_force: InForce) -> None:
    """Reads the policy file again. A broken one is told with all its faults, and the last good one stays."""
    try:
        is_another = in_force.renew(policy_file.read(settings.policy_file))
    except PolicyFaults as faults:
        for line in policy_file.told(settings.policy_file, faults):
            log.error("%s", line)
        log.error("the policy file is broken; version %s stays in force", in_force.policy.version)
    else:
        found = "another" if is_another else "the same"
        log.warning("the policy file was read again and is %s: version %s", found, in_force.policy.version)


def role_map(settings: Settings) -> RoleMap:
    """Which groups of the helpdesk stand for which role; raises PeopleFaults."""
    return roles_and_people(settings)[0]


def renewed_roles(settings: Settings, before: RoleMap) -> RoleMap:
    """The role map as the people file has it now; the one before when the file is broken, with its faults told."""
    try:
        return role_map(settings)
    except people_file.PeopleFaults as faults:
        for fault in faults.faults:
            log.error("%s: %s", settings.people_file, fault)
        log.error("the people file is broken; the roles stay as they were")
        return before


def take_over_people(settings: Settings, services: Services, *, by: tuple[str, str]) -> list[str]:
    """What the people file changed, a sentence each; raises PeopleFaults."""
    return services.personnel.take_over(roles_and_people(settings)[1], by=by)


def roles_and_people(settings: Settings) -> tuple[RoleMap, list[Person]]:
    try:
        text = settings.people_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise people_file.PeopleFaults([f"The people file cannot be read: {error}"]) from None
    return people_file.load(text)
