"""What the API's description says of every call alike: how it refuses."""

from typing import Any

PROBLEM_SHAPE: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457), in the language that `Accept-Language` asks for.",
    "properties": {
        "type": {"type": "string", "description": "Stable: `urn:altazion:problem:` and the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable word to program against."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Single inputs at fault.",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}
REFUSALS = {
    "400": "Cannot be read: the body, a cursor, a header, the address.",
    "401": "No key, or one that is unknown, expired or revoked; a signature that is wrong.",
    "403": "The key lacks the scope that the call needs.",
    "404": "What is named does not exist, or not for this key.",
    "409": "Not as things stand now.",
    "413": "The body is too large.",
    "415": "A body of another type than described.",
    "422": "Values are wrong; `errors` tells which.",
    "429": "Too many calls; wait the seconds of `Retry-After`.",
}
OF_WRITING = {"409", "413", "415"}


def with_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to every operation the refusals that it may answer with (a hook of drf-spectacular)."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SHAPE
    components["responses"] = {
        status: {
            "description": told,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, told in REFUSALS.items()
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            left_out = OF_WRITING if method == "get" else set()
            for status in sorted(REFUSALS.keys() - left_out):
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})
    return result
