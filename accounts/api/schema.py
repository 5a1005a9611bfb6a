"""How the API's description tells of keys."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class KeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer alz_…`."""

    target_class = "accounts.api.keys.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token, made in Office under API keys."""
        return {"type": "http", "scheme": "bearer", "description": "A key made in Office, with the scopes it needs."}
