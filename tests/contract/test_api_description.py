"""What `/openapi.json` says of errors and of who may ask, for every route there is."""

from collections.abc import Iterator, Mapping
from typing import Any

from aichatdesk.core.access import Action
from aichatdesk.entry.describe import describe_api

WITHOUT_A_LIMIT = {"/health", "/readyz"}


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", path, operation


def faults_of(name: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    responses = operation["responses"]
    if "422" in responses:
        yield f"{name}: promises 422, where ours is 400"
    wanted = {"400", "403", "413"} | ({"404"} if "{" in path else set())
    wanted |= set() if path in WITHOUT_A_LIMIT else {"429"}
    wanted |= {"401"} if "x-action" in operation else set()
    if missing := wanted - set(responses):
        yield f"{name}: does not say that it may answer {sorted(missing)}"
    kind, shape = ("application/problem+json", "Problem") if path.startswith("/api/v1/") else (
        "application/json",
        "Error",
    )  # fmt: skip
    for status, response in responses.items():
        if status >= "400":
            schema = response["content"].get(kind, {}).get("schema", {})
            if schema != {"$ref": f"#/components/schemas/{shape}"}:
                yield f"{name}: its {status} is not in the shape of its surface"
    if "x-action" in operation and operation["x-action"] not in set(Action):
        yield f"{name}: names an action that is not in the table"


async def test_no_route_keeps_an_error_to_itself_or_shows_it_in_another_surfaces_shape():
    described = await describe_api()
    assert [fault for operation in operations(described) for fault in faults_of(*operation)] == []
    assert set(described["components"]["schemas"]) >= {"Error", "Problem"}
    assert "HTTPValidationError" not in described["components"]["schemas"]


async def test_a_guarded_route_tells_how_to_show_who_one_is():
    described = await describe_api()
    guarded = [op for _, _, op in operations(described) if "x-action" in op and "security" in op]
    assert len(guarded) > 40
    assert all(operation["security"] == [{"token": []}, {"cookie": []}] for operation in guarded)
    assert set(described["components"]["securitySchemes"]) == {"token", "cookie"}


# What the visitor's browser tells of itself, what an older page tells of itself, and the settings of other programs.
FREE_BY_NATURE = {"environment", "pageContext", "DeskSettings"}


def loose_parts(
    schemas: Mapping[str, Any], schema: Mapping[str, Any], name: str, within: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The parts of a schema of which no more is said than that there is something."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in within:
            yield from loose_parts(schemas, schemas[name], name, within | {name})
        return
    inner = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("prefixItems", [])]
    inner += [
        one for one in (schema.get("items"), schema.get("additionalProperties")) if isinstance(one, dict)
    ]
    named = schema.get("properties", {})
    says_something = inner or named or schema.get("enum") or "const" in schema
    more = schema.get("additionalProperties") is True
    if more or not (says_something or schema.get("type", "object") not in {"object", "array"}):
        yield name
    for one in inner:
        yield from loose_parts(schemas, one, name, within)
    for part, one in named.items():
        yield from loose_parts(schemas, one, part, within)


async def test_no_route_hides_the_form_of_its_body_or_its_reply():
    described = await describe_api()
    loose = set()
    for name, _, operation in operations(described):
        sides = {"takes": operation.get("requestBody", {}), **operation["responses"]}
        for side, of_side in sides.items():
            for kind in of_side.get("content", {}).values():
                found = set(loose_parts(described["components"]["schemas"], kind["schema"], ""))
                loose |= {f"{name}: {side}: {part}" for part in found - FREE_BY_NATURE - {"Error", "Problem"}}
        if not any(
            reply.get("content") for status, reply in operation["responses"].items() if status < "204"
        ):
            loose |= {name} if "204" not in operation["responses"] else set()
    assert loose == set()


async def test_every_event_of_streams_and_sockets_has_a_shape():
    schemas = (await describe_api())["components"]["schemas"]
    told = {
        name: set(schemas[name]["discriminator"]["mapping"])
        for name in ("LoggedEvent", "PassingEvent", "ReplyEvent", "DeskFrame")
    }
    assert told["LoggedEvent"] >= {"message", "sentence", "finished", "handed_over", "labelled"}
    assert told["PassingEvent"] >= {"accepted", "queued", "draft", "resync_required"}
    assert told["ReplyEvent"] == {"queued", "sources", "draft", "finished", "failed"}
    assert told["DeskFrame"] >= {"dashboard.chat.created", "dashboard.message.new", "chat.flagged", "error"}
