"""What a mail address looks like, for whoever stores one or writes to one."""

import re

_LONGEST = 254
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The form that browsers take in `<input type=email>`, and at least one dot in the domain.
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")


def is_mail_address(text: str) -> bool:
    """Whether a text is one address and nothing else: no name, no list, no line break."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None
