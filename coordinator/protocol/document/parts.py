"""What else a profile holds: agencies, registers, limits, ladders, calendars."""

from coordinator.protocol import words
from coordinator.protocol.document.sheet import Block, Facts, Section, Table, Text
from coordinator.protocol.profile import ProfileSpec

__all__ = [
    "agencies",
    "bus",
    "calendars",
    "certificates",
    "groups",
    "ladders",
    "programme",
    "registers",
]


def agencies(profile: ProfileSpec) -> Section:
    """List who takes part."""
    rows = [
        (
            name,
            one.name,
            one.part,
            ", ".join(str(item) for item in one.items),
            one.calendar or "",
            one.cite,
        )
        for name, one in profile.agencies.items()
    ]
    return Section(
        "Who takes part",
        [
            Text(
                "Each agency is known to the bus by its id. The items are those of the"
                " programme that it is responsible for; the calendar is that of its"
                " working days."
            ),
            Table(("Id", "Agency", "Part", "Items", "Calendar", "Source"), rows),
        ],
    )


def groups(profile: ProfileSpec) -> Section:
    """List the names for several agencies, and the offices paged as one body."""
    rows = [
        (name, words.listed(words.agency(one, profile) for one in members))
        for name, members in profile.groups.items()
    ]
    offices = [
        (
            words.agency(name, profile),
            words.agencies(one.members, profile) if one.members else "nobody else",
            one.cite,
        )
        for name, one in profile.offices.items()
    ]
    return Section(
        "Groups and offices",
        [
            Text("A group is a name for several agencies, used in the rules below."),
            Table(("Group", "Agencies"), rows),
            Text(
                "An office is paged as one body; any of its members may answer for it."
            ),
            Table(("Office", "Members", "Source"), offices),
        ],
        refers=[f'group "{name}"' for name in profile.groups],
    )


def registers(profile: ProfileSpec) -> Section:
    """List the values that gates ask for."""
    rows = [
        (name, words.listed(one.values, "or"), one.cite)
        for name, one in profile.registers.items()
    ]
    return Section(
        "Registers",
        [
            Text("Where a rule asks for a registered value, it is one of these."),
            Table(("Register", "Values", "Source"), rows),
        ],
        refers=[f"register {name}" for name in profile.registers],
    )


def ladders(profile: ProfileSpec) -> Section:
    """Tell who hears of what is missed."""
    limits = profile.limits
    role = profile.reminders.role.replace("_", " ")
    part = f"{limits.reminder:.0%}"
    blocks: list[Block] = [
        Text(
            f"When {part} of the time to an obligation's due time has gone, the owner's"
            f" {role} is reminded ({profile.reminders.cite}). When the due time has"
            " passed, people are paged, rung by rung, until somebody acknowledges or"
            f" the obligation is closed. The last rung is paged again each"
            f" time {words.amount(limits.repeat)} has passed. An acknowledgement stops"
            f" the ladder for {words.amount(limits.acknowledgement)} at most"
            f" ({limits.cite})."
        )
    ]
    blocks += [
        Facts(
            f"Ladder {name}",
            [words.sentence(f"{words.ladder(one, profile)} ({one.cite})")],
        )
        for name, one in profile.ladders.items()
    ]
    breaches = profile.breaches
    told = (
        f"The sender's {breaches.role.replace('_', ' ')} is paged at once; where nobody"
        f" is reached, {words.agency(breaches.otherwise, profile)} ({breaches.cite})."
    )
    blocks.append(Facts("When a breach is recorded", [told]))
    refers = [f"Ladder {name}" for name in profile.ladders]
    return Section("Who hears when it is missed", blocks, refers=refers)


def certificates(profile: ProfileSpec) -> Section:
    """Tell what "in force" means, and what makes and ends it."""
    held = profile.certificate
    told = (
        f"A certificate is in force once {held.issued} was accepted for a person, until"
        f" {held.withdrawn}, or until the time that `{held.until}` gives. An event that"
        f" gives its `{held.number}` means that one."
    )
    if held.kind is not None:
        told += (
            f" There are several kinds, told apart by `{held.kind.field}`; without"
            f" it, the kind is {held.kind.default}. A person may hold one of each."
        )
    made = [
        words.sentence(f"{one.event} makes {words.notice(one, profile)}")
        for one in profile.notices
    ]
    return Section(
        "Certificates and notices",
        [
            Text(told),
            Facts("Source", [held.cite]),
            Facts("Notices", made or ["None."]),
        ],
    )


def bus(profile: ProfileSpec) -> Section:
    """Tell the bus's own rules, which hold for every event."""
    rules = profile.system_rules
    rows = [
        (name, rule.says, rule.mend, rule.cite)
        for name in type(rules).model_fields
        for rule in (getattr(rules, name),)
    ]
    behalf = profile.on_behalf
    recorders = words.agencies(behalf.recorders, profile, "or")
    return Section(
        "What holds for every event",
        [
            Text(
                "These rules come first; an event that does not meet them is refused."
            ),
            Table(("Rule", "What must hold", "What mends it", "Source"), rows),
            Text(
                f"An event's time may lie at most {words.amount(profile.limits.ahead)}"
                f" in the future ({profile.limits.cite})."
            ),
            Text(
                f"What another agency said by {words.listed(behalf.via, 'or')} may be"
                f" sent for it by {recorders} ({behalf.cite})."
            ),
        ],
    )


def calendars(profile: ProfileSpec) -> Section:
    """Tell when each calendar's offices work; the dates stand in the profile."""
    rows = [
        (
            name,
            one.zone,
            f"{one.opens} to {one.closes}",
            f"{one.first_year} to {one.last_year}",
            f"{len(one.holidays)} days",
            one.cite,
        )
        for name, one in profile.calendars.items()
    ]
    blocks: list[Block] = [
        Text(
            "A time in working days or hours counts only these hours, Monday to Friday,"
            " without the holidays, by the owner's calendar. Every holiday's date is"
            " written out in the profile."
        ),
        Table(("Calendar", "Zone", "Hours", "Years", "Holidays", "Source"), rows),
    ]
    closed = [
        f"{name}: {one.first} to {one.last} of every year"
        f" ({one.cite}); {'' if name in profile.closures_observed else 'not '}observed."
        for name, one in profile.closures.items()
    ]
    if closed:
        blocks.append(Facts("Closed besides", closed))
    return Section("Working days", blocks)


def programme(profile: ProfileSpec) -> Section:
    """List the programme's items, their phases and who is responsible."""
    rows = [
        (
            str(one.item),
            one.says,
            words.listed(one.phases),
            words.listed(
                agency.name
                for agency in profile.agencies.values()
                if one.item in agency.items
            ),
            one.cite,
        )
        for one in profile.programme
    ]
    return Section(
        "The programme",
        [Table(("Item", "What", "Phases", "Responsible", "Source"), rows)],
    )
