"""
What an address looks like, by the kind of method it belongs to.

Form only: whether anybody answers there is for a drill to find out.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coordinator.contacts.directory import MethodKind

# RFC 1035, section 2.3.1, as widened by RFC 1123, section 2.1 (a digit may begin it).
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = rf"{_LABEL}(?:\.{_LABEL})*"

# RFC 5321, section 4.5.3.1: a path, with its angle brackets, has at most 256 octets.
_MAX_EMAIL: Final = 254

_EMAIL: Final = re.compile(
    # An "atom" of RFC 5322 with dots, as HTML's e-mail field takes it, at a domain of
    # two labels or more: pages leave the agency's own network.
    rf"(?=.{{1,{_MAX_EMAIL}}}\Z)"
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"
)
# ITU-T E.164: the country's code first, at most fifteen digits.
_TELEPHONE: Final = re.compile(r"\+[0-9](?: ?[0-9]){6,14}")
# A handle or a service's own URL; no service allows spaces in either.
_CHAT: Final = re.compile(r"[!-~]{1,200}")
_WEBHOOK: Final = re.compile(
    # Plain http only inside the machine: a page holds a link to answer it by. There is
    # no room for a user and password, which have no place in a file many people read.
    rf"(?:https://{_HOST}|http://(?:localhost|127\.0\.0\.1))"
    r"(?::[0-9]{1,5})?(?:/[!-~]{0,500})?"
)

_TELEPHONE_SAYS: Final = (
    "a number with its country's code, digits and single spaces, such as "
    "+64 0 0000 0000"
)
_FORMS: Final[Mapping[MethodKind, tuple[re.Pattern[str], str]]] = MappingProxyType(
    {
        "email": (_EMAIL, "an e-mail address such as duty@example.org"),
        "sms": (_TELEPHONE, _TELEPHONE_SAYS),
        "phone": (_TELEPHONE, _TELEPHONE_SAYS),
        "chat": (
            _CHAT,
            "1 to 200 characters without spaces, such as @duty:chat.example.org",
        ),
        "webhook": (
            _WEBHOOK,
            "an https URL without a user, such as https://hooks.example.org/duty",
        ),
    }
)


def is_address(kind: MethodKind, address: str) -> bool:
    """Tell whether an address has the form of its kind, as it stands."""
    form, _ = _FORMS[kind]
    return form.fullmatch(address) is not None


def valid_address(kind: MethodKind) -> str:
    """Say what an address of a kind looks like, for the error that wants one."""
    _, says = _FORMS[kind]
    return says
