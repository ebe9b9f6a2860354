"""What `/openapi.json` says of errors and of who may ask, for every route there is."""

from collections.abc import Iterator
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
