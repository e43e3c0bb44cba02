"""The doors people who are not signed in may use; every other one is closed by the gate."""

from app.security.bodies import accept_little

_open_doors: dict[str, str] = {
    "static": "style sheets and scripts",
    "LocaleView.index": "choosing the language",
    "AuthView.login": "first step of the login",
    "AuthView.one_time_password": "second step of the login",
    "AuthView.enrol": "confirming the authenticator at the first login",
    "AuthView.recovery": "second step without the authenticator",
    "ActivationView.begin": "the code of an activation letter",
    "ActivationView.password": "the first password, after the code",
    "AuthView.logout": "ends the session also when it is over already",
}
for _endpoint in _open_doors:
    accept_little(_endpoint)


def open_doors() -> dict[str, str]:
    """Endpoint → reason, for the guard test and the documentation."""
    return dict(_open_doors)


def is_open_door(endpoint: str) -> bool:
    """True when strangers may use the endpoint."""
    return endpoint in _open_doors


def open_door(endpoint: str, reason: str) -> None:
    """Let people who are not signed in to an endpoint of a feature."""
    _open_doors[endpoint] = reason
    accept_little(endpoint)
