"""What the widget is told, what the form asks for, and the lines that put it on a page."""

import base64
import hashlib
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.core.errors import Invalid
from aichatdesk.entry.keep_loaders import WEB, Loaders, describe_loader, packaged_loader
from aichatdesk.entry.widget_snippet import Looks, widget_snippet
from peers.fake_model_server import FakeModelServer
from peers.made_things import Things
from peers.running_desk import RunningDesk, running_desk

built = pytest.mark.skipif(not (WEB / "widget" / "loader.js").exists(), reason="the front end is not built")


async def set_widget(desk: RunningDesk, **fields: Any) -> Any:
    return await desk.client.put("/api/settings", json={"widget": fields}, headers=await desk.sign_in())


async def config(desk: RunningDesk, **headers: str) -> dict[str, Any]:
    reply = await desk.client.get("/api/v1/widget/config", headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_desk_without_settings_tells_what_holds_then(desk: RunningDesk):
    assert await config(desk) == {
        "company": None,
        "title": None,
        "greeting": None,
        "color": None,
        "position": "right",
        "theme": "auto",
        "language": None,
        "privacyUrl": None,
        "form": {"name": "required", "email": "required", "question": "hidden"},
        "questions": [],
        "categories": [],
        "features": {"attachments": True, "calls": False, "transcript": False, "rating": True},
        "desk": {"staffed": False, "away": None},
    }


async def test_the_object_wins_over_the_older_names_which_count_only_where_they_can_be_shown(
    desk: RunningDesk,
):
    admin = await desk.sign_in()
    older = {"companyName": "Old", "greeting": "Hi", "privacyUrl": "javascript:alert(1)"}
    await desk.client.put("/api/settings", json=older, headers=admin)
    shown = await config(desk)
    assert (shown["company"], shown["greeting"], shown["privacyUrl"]) == ("Old", "Hi", None)
    things = await Things.of(desk)
    category = await things.category()
    reply = await set_widget(
        desk,
        company="New",
        color="#0B6E5F",
        questions=["How do I pay?"],
        away="Back at nine.",
        features={"rating": False, "calls": True},
    )
    assert reply.status_code == 200, reply.text
    shown = await config(desk)
    assert (shown["company"], shown["greeting"], shown["color"]) == ("New", "Hi", "#0B6E5F")
    assert (shown["questions"], shown["desk"]["away"]) == (["How do I pay?"], "Back at nine.")
    # What the desk cannot do is not promised, whatever is set.
    assert shown["features"] == {"attachments": True, "calls": False, "transcript": False, "rating": False}
    assert [one["id"] for one in shown["categories"]] == [category]


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"colour": "#fff"}, "widget.colour"),
    ({"color": "red"}, "widget.color"),
    ({"color": "#fff;background:url(//x)"}, "widget.color"),
    ({"position": "middle"}, "widget.position"),
    ({"theme": 1}, "widget.theme"),
    ({"language": "de<script>"}, "widget.language"),
    ({"privacyUrl": "javascript:alert(1)"}, "widget.privacyUrl"),
    ({"privacyUrl": "https://"}, "widget.privacyUrl"),
    ({"privacyUrl": "https://[x"}, "widget.privacyUrl"),
    ({"form": ["name"]}, "widget.form"),
    ({"form": {"phone": "required"}}, "widget.form.phone"),
    ({"form": {"name": "maybe"}}, "widget.form.name"),
    ({"questions": ["a", "b", "c", "d", "e"]}, "widget.questions"),
    ({"questions": ["x" * 201]}, "widget.questions.0"),
    ({"features": {"rating": "no"}}, "widget.features.rating"),
    ({"greeting": "x" * 501}, "widget.greeting"),
]


async def test_a_field_that_cannot_be_used_is_named_and_nothing_is_stored(desk: RunningDesk):
    admin = await desk.sign_in()
    for fields, named in UNUSABLE:
        body = {"widget": {"company": "New", **fields}, "companyName": "New"}
        reply = await desk.client.put("/api/settings", json=body, headers=admin)
        assert (reply.status_code, reply.json().get("field")) == (400, named)
    assert (await config(desk))["company"] is None


async def test_the_form_decides_what_a_chat_begins_with_and_the_older_route_stays_as_it_was(
    desk: RunningDesk,
):
    def begin(**body: Any) -> Any:
        return desk.client.post("/api/v1/chats", json=body)

    assert (await begin()).json()["field"] == "userName"
    assert (await begin(userName="Ann")).json()["field"] == "userEmail"
    assert (await begin(userName="Ann", userEmail="nobody")).status_code == 400
    started = await begin(userName="Ann", userEmail="ann@example.org", language="de-AT", question="Hello?")
    assert (started.status_code, set(started.json())) == (
        201,
        {"sessionId", "chatId", "visitorToken", "mode"},
    )
    assert await desk.events(started.json()) == []  # the question is not said yet
    form = {"name": "hidden", "email": "optional", "question": "required"}
    assert (await set_widget(desk, form=form)).status_code == 200
    assert (await begin()).json()["field"] == "question"
    nameless = (await begin(question="How do I pay?")).json()
    chats = (await desk.client.get("/api/dashboard/chats", headers=await desk.sign_in())).json()
    [shown] = [chat for chat in chats if chat["sessionId"] == nameless["sessionId"]]
    assert (shown["userName"], shown["userEmail"]) == ("Visitor", "")
    assert (await desk.client.post("/api/chat", json={"userName": "Ann"})).status_code == 400


async def test_a_chat_without_a_name_or_an_address_goes_all_the_way(desk: RunningDesk):
    await set_widget(desk, form={"name": "hidden", "email": "hidden"})
    agent = await desk.sign_in()
    chat = (await desk.client.post("/api/v1/chats", json={})).json()
    assert (await desk.send(chat, "I want a person")).status_code == 200
    for method, path, body in (
        ("POST", f"/api/chat/{chat['sessionId']}/escalate", {}),
        ("POST", f"/api/chat/{chat['sessionId']}/takeover", {}),
        ("POST", "/api/messages", {"chatId": chat["chatId"], "content": "Hello", "sender": "agent"}),
        ("GET", f"/api/dashboard/chats/{chat['sessionId']}/info", None),
        ("GET", f"/api/v1/chats/{chat['sessionId']}/earlier", None),
        ("POST", f"/api/messages/chat/{chat['sessionId']}/end", {"transcript": True}),
    ):
        reply = await desk.client.request(method, path, json=body, headers=agent)
        assert reply.is_success, (path, reply.text)


@built
async def test_the_loader_in_the_snippet_is_what_its_hash_says_for_pages_of_any_origin(desk: RunningDesk):
    params = {"color": "#0b6e5f", "position": "left", "title": 'Say "hi" <now>', "url": desk.base_url}
    reply = await desk.client.get("/api/v1/widget/snippet", params=params, headers=await desk.sign_in())
    made = reply.json()
    tag = dict(re.findall(r'([\w-]+)="([^"]*)"', made["html"]))
    assert (tag["src"], tag["integrity"], tag["crossorigin"]) == (
        made["src"],
        made["integrity"],
        "anonymous",
    )
    assert (tag["data-color"], unescape(tag["data-title"])) == ("#0b6e5f", 'Say "hi" <now>')
    loader = await desk.client.get(made["src"], headers={"Origin": "https://shop.example"})
    digest = base64.b64encode(hashlib.sha384(loader.content).digest()).decode()
    assert (loader.status_code, made["integrity"]) == (200, f"sha384-{digest}")
    assert loader.headers["access-control-allow-origin"] == "*"
    assert "immutable" in loader.headers["cache-control"]
    assert loader.headers["content-type"].startswith("text/javascript")
    plain = await desk.client.get("/widget/loader.js")
    assert (plain.content, "immutable" in plain.headers["cache-control"]) == (loader.content, False)


@built
async def test_the_loader_of_an_earlier_version_is_still_served_and_nothing_else_of_the_folder(
    tmp_path: Path, models: FakeModelServer
):
    earlier = b"// the loader of an earlier version\n"
    kept = tmp_path / "data" / "loaders"
    kept.mkdir(parents=True)
    (kept / describe_loader(earlier).name).write_bytes(earlier)
    (kept.parent / "secret.js").write_text("secret")
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        assert (await desk.client.get(f"/widget/loader/{describe_loader(earlier).name}")).content == earlier
        for name in ("0" * 64 + ".js", "..%2fsecret.js", "%2e%2e/secret.js", "secret.js", ""):
            assert (await desk.client.get(f"/widget/loader/{name}")).status_code == 404, name
    assert (kept / describe_loader(packaged_loader(WEB)).name).read_bytes() == packaged_loader(WEB)


def test_a_loader_stays_when_the_next_version_takes_its_place(tmp_path: Path):
    built_here, data = tmp_path / "web", tmp_path / "data"
    (built_here / "widget").mkdir(parents=True)
    names = []
    for content in (b"one", b"two"):
        (built_here / "widget" / "loader.js").write_bytes(content)
        names.append(Loaders(built_here, data).current().name)
    later = Loaders(built_here, data)
    assert [later.file(name).read_bytes() for name in names] == [b"one", b"two"]
    assert sorted(path.name for path in (data / "loaders").iterdir()) == sorted(names)


@pytest.mark.parametrize(
    ("url", "looks", "nonce", "field"),
    [
        ("https://desk.example", {"color": '"><script>'}, "", "color"),
        ("https://desk.example", {"position": "up"}, "", "position"),
        ("https://desk.example", {}, '"onload="x', "nonce"),
        ("javascript:alert(1)", {}, "", "url"),
        ("https://desk.example/?x=1", {}, "", "url"),
        ("https://user:word@desk.example", {}, "", "url"),
        ("https://desk.example/ onload=x", {}, "", "url"),
        ("https://[desk", {}, "", "url"),
    ],
)
def test_what_cannot_stand_in_a_snippet_is_refused_by_name(
    url: str, looks: dict[str, str], nonce: str, field: str
):
    with pytest.raises(Invalid) as refused:
        widget_snippet(url, describe_loader(b""), Looks(**looks), nonce=nonce)
    assert refused.value.facts["field"] == field


async def test_any_page_may_read_the_configuration_and_no_other_page_gets_more_than_before(
    desk: RunningDesk,
):
    stranger = {"Origin": "https://shop.example"}
    reply = await desk.client.get("/api/v1/widget/config", headers=stranger)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    for method, path in (
        ("GET", "/api/categories"),
        ("POST", "/api/v1/chats"),
        ("PUT", "/api/v1/widget/config"),
    ):
        reply = await desk.client.request(method, path, headers=stranger)
        assert reply.status_code == 403, path
