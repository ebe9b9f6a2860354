"""The old widget and dashboards spend a day with this desk and notice nothing."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from peers.fake_model_server import FakeModelServer
from peers.graph import GraphPeer
from peers.old_dashboard import OldDashboard, OldSignupPage, Refused
from peers.old_react_dashboard import OldReactDashboard
from peers.old_widget import SITE, OldWidget
from peers.running_desk import ADMIN, RunningDesk, running_desk

WARRANTY = "# Warranty\n\nEvery rack has a warranty of ten years. It covers rust.\n"
ANSWER = "Every rack has a warranty of ten years."
QUESTION = "Every rack has a warranty of how many years?"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    models.say(ANSWER)
    async with running_desk(tmp_path / "data", models.base_url, AICHATDESK_CORS_ORIGIN=SITE) as running:
        yield running


@contextlib.asynccontextmanager
async def browser(desk: RunningDesk) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of its own, with its own cookies."""
    async with httpx2.AsyncClient(base_url=desk.base_url, timeout=120) as client:
        yield client


@contextlib.asynccontextmanager
async def widget_page(desk: RunningDesk, **more: Any) -> AsyncIterator[OldWidget]:
    async with browser(desk) as client:
        yield OldWidget(desk.base_url, client, **more)


@contextlib.asynccontextmanager
async def dashboard_page(desk: RunningDesk) -> AsyncIterator[OldDashboard]:
    async with browser(desk) as client:
        dashboard = OldDashboard(desk.base_url, client)
        await dashboard.log_in(**ADMIN)
        yield dashboard


def said(widget: OldWidget) -> list[tuple[str, str]]:
    return [(bubble.who, bubble.text) for bubble in widget.shown]


async def test_a_chat_goes_from_the_assistant_to_a_person_and_back_and_nothing_is_shown_twice(
    desk: RunningDesk,
):
    async with dashboard_page(desk) as dashboard, widget_page(desk) as widget:
        await dashboard.upload("warranty.md", WARRANTY.encode(), "text/markdown")
        async with dashboard.connected(), widget.connected():
            assert await widget.is_online()
            await widget.start()
            assert await dashboard.until_reload(widget.session_id)
            assert await widget.categories() == []
            await widget.say("Hello")
            await widget.say(QUESTION)
            assert said(widget)[-1][0] == "ai"
            assert ANSWER in said(widget)[-1][1]
            assert widget.shown[-1].confidence is not None
            assert 0 < widget.shown[-1].confidence <= 1
            assert not widget.human

            await widget.say("I want to talk to a person")
            assert widget.human
            row = await dashboard.chat(widget.session_id)
            assert (row["mode"], row["userName"]) == ("human", "Ann Müller")
            assert row["metadata"]["environment"]["currentUrl"] == "https://shop.example.com/racks?size=2#top"
            assert (row["userPriority"], row["mood"], row["ticketType"]) == ("medium", 3, "question")

            assert await dashboard.take_over(widget.session_id)
            assert await widget.until_person_joins() == "Admin"
            await dashboard.note_in_chat(widget.chat_id, "Knows us well")
            await dashboard.reply(widget.chat_id, "Hello Ann, this is Kim.")
            assert await widget.until_told("Hello Ann, this is Kim.") == ("agent", "Admin")
            await widget.say("Good that you are there")
            shown = await dashboard.open_chat(widget.session_id)
            assert [one["content"] for one in shown if one["isInternal"]] == ["Knows us well"]
            assert [one["content"] for one in shown][-1] == "Good that you are there"

            assert await dashboard.return_to_ai(widget.session_id)
            await widget.until_assistant_is_back()
            await widget.say(QUESTION)
            assert ANSWER in said(widget)[-1][1]
            assert widget.bubbles_from_socket() == ["Hello Ann, this is Kim."]
            assert "error" not in {bubble.who for bubble in widget.shown}

            await widget.say("bye")
            assert (await dashboard.chat(widget.session_id))["status"] == "closed"
            assert (await dashboard.chat(widget.session_id))["endedAt"]


async def test_the_widget_picks_a_category_sends_files_and_is_told_about_the_calendar(desk: RunningDesk):
    async with dashboard_page(desk) as dashboard, widget_page(desk) as widget:
        await dashboard.add_category("Orders", "Be exact about orders.")
        await dashboard.add_category("Hidden", "Nobody sees this.")
        hidden = next(one for one in await dashboard.categories() if one["name"] == "Hidden")
        await dashboard.switch_category(hidden["_id"], active=False)
        await widget.start()
        [(category_id, icon, name)] = await widget.categories()
        assert name == "Orders"
        assert icon
        await widget.pick(category_id)
        assert said(widget)[-1][0] == "ai"
        assert (await dashboard.chat(widget.session_id))["metadata"]["categoryId"] == category_id

        files = (("photo 1.png", PNG, "image/png"), ("log.txt", b"rust, rust", "text/plain"))
        sent = await widget.send_files(*files)
        assert [one["filename"] for one in sent] == ["photo 1.png", "log.txt"]
        last = (await dashboard.messages(widget.session_id))[-1]
        assert (last["content"], last["attachments"]) == ("[Sent 2 file(s)]", sent)
        assert await dashboard.file(sent[1]["url"]) == b"rust, rust"

        assert isinstance(await widget.free_slots(), str)
        assert await widget.book("2026-12-01T09:00:00Z", "2026-12-01T09:30:00Z")
        assert not await dashboard.calendar_is_configured()
        await dashboard.delete_category(category_id)
        assert await widget.categories() == []


async def test_the_widget_books_a_time_that_the_calendar_has_free(tmp_path: Path, models: FakeModelServer):
    settings = {"AICHATDESK_CORS_ORIGIN": SITE}
    async with GraphPeer(tmp_path) as graph:
        async with running_desk(tmp_path / "data", models.base_url, **settings, **graph.settings()) as desk:
            async with dashboard_page(desk) as dashboard, widget_page(desk) as widget:
                assert await dashboard.calendar_is_configured()
                await widget.start()
                soon = datetime.now(UTC).date() + timedelta(days=7)
                free = await widget.free_slots(soon.isoformat())
                assert isinstance(free, list)
                start, end, display, time = free[0]
                assert display.endswith(time)
                assert not (await widget.book(start, end)).startswith("Calendar")
                booked = (await dashboard.chat(widget.session_id))["metadata"]["booking"]
                assert (booked["start"], booked["meetingType"]) == (start, "demo")
                assert (start, end, display, time) not in await widget.free_slots(soon.isoformat())


@pytest.mark.parametrize(
    "page",
    ["Rack page", {"url": "/racks", "title": "Racks", "tags": ["steel"]}, "x" * 50_000, None, ["a"], 7],
)
async def test_whatever_the_widget_tells_of_its_page_it_gets_its_answer(desk: RunningDesk, page: Any):
    async with widget_page(desk, page_context=page) as widget:
        await widget.start(ticketType="chat", mood="5")
        await widget.say("Hello")
        assert [who for who, _ in said(widget)] == ["user", "ai"]


async def test_a_long_reply_of_an_agent_arrives_whole(desk: RunningDesk):
    """The page does not look whether it was taken."""
    text = "A line of a log file with a word or two in it. " * 400
    async with widget_page(desk) as widget, dashboard_page(desk) as dashboard:
        await widget.start()
        await dashboard.take_over(widget.session_id)
        await dashboard.reply(widget.chat_id, text)
        shown = await dashboard.messages(widget.session_id)
        assert [one["content"] for one in shown if one["sender"] == "agent"] == [text.strip()]
        assert await dashboard.suggested_reply(widget.chat_id) == ANSWER


async def test_a_page_that_goes_away_ends_its_chat_with_a_text_and_a_refused_form_leaves_both_ids_unset(
    desk: RunningDesk,
):
    async with widget_page(desk) as widget, dashboard_page(desk) as dashboard:
        await widget.start(mood=9)
        assert (widget.session_id, widget.chat_id) == ("", "")
        await widget.start()
        await widget.leave_page()
        assert (await dashboard.chat(widget.session_id))["status"] == "closed"
        assert await dashboard.delete_chat(widget.session_id) == 0
        assert await dashboard.chats() == []


async def test_a_widget_that_missed_the_hand_over_is_told_that_a_person_answers_and_not_that_something_failed(
    desk: RunningDesk,
):
    async with widget_page(desk) as widget, dashboard_page(desk) as dashboard:
        await widget.start()
        await dashboard.take_over(widget.session_id)
        await widget.say("Hello?")
        assert [who for who, _ in said(widget)] == ["user", "ai"]
        assert widget.human


async def test_knowledge_is_uploaded_read_edited_and_deleted_as_the_dashboard_does_it(desk: RunningDesk):
    async with dashboard_page(desk) as dashboard:
        assert await dashboard.upload("warranty.md", WARRANTY.encode(), "application/octet-stream") == (1, 1)
        [listed] = await dashboard.documents()
        document = await dashboard.document(listed["_id"])
        assert "ten years" in document["content"]
        await dashboard.edit_document(listed["_id"], "Every rack has a warranty of twelve years.")
        assert "twelve" in (await dashboard.document(listed["_id"]))["content"]
        with pytest.raises(Refused):
            await dashboard.upload("empty.txt", b"", "text/plain")
        with pytest.raises(Refused):
            await dashboard.import_url("http://127.0.0.1:9/")
        await dashboard.delete_document(listed["_id"])
        assert await dashboard.documents() == []
        assert await dashboard.push(question="What is a rack unit?", answer="It is 44.45 millimetres high.")
        assert len(await dashboard.documents()) == 1
        with pytest.raises(Refused):
            await dashboard.push(question="")


async def test_people_teams_and_invitations_are_managed_as_the_dashboard_does_it(desk: RunningDesk):
    async with dashboard_page(desk) as dashboard, browser(desk) as other:
        await dashboard.save_team(None, name="Billing", icon="💶", description="Invoices")
        [team] = await dashboard.teams()
        form = {
            "name": "Lee Roy",
            "email": "lee@example.org",
            "password": "long-enough",
            "roles": [team["id"]],
        }
        await dashboard.save_agent(None, **form)
        lee = next(one for one in await dashboard.agents() if one["email"] == "lee@example.org")
        assert lee["roles"] == ["Billing"], "teams are ticked by id"
        assert (await dashboard.teams())[0]["agentCount"] == 1
        await dashboard.save_agent(lee["id"], **form | {"systemRole": "manager", "password": ""})
        await dashboard.save_team(team["id"], name="Invoices", managerId=lee["id"])
        assert (await dashboard.teams())[0]["managerName"] == "Lee Roy"
        await dashboard.reset_password(lee["id"], "another-long-one")

        await dashboard.invite(label="For Mia", roles=[team["id"]], maxUses=1)
        [link] = await dashboard.invite_links()
        assert (link["roles"], link["maxUses"], link["usedCount"]) == (["Invoices"], 1, 0)
        page = OldSignupPage(desk.base_url, other, link["code"])
        assert await page.teams() == ["Invoices"]
        with pytest.raises(Refused, match="8"):
            await page.sign_up("Mia", "mia@example.org", "short")
        await page.sign_up("Mia", "mia@example.org", "long-enough")
        with pytest.raises(Refused, match="max"):
            await page.sign_up("Mia", "mia2@example.org", "long-enough")
        mia = next(one for one in await dashboard.agents() if one["email"] == "mia@example.org")
        assert (mia["roles"], mia["systemRole"]) == (["Invoices"], "agent")
        await dashboard.end_invite(link["id"])
        assert await dashboard.invite_links() == []

        lees = OldDashboard(desk.base_url, other)
        await lees.log_in("lee@example.org", "another-long-one")
        assert {one["email"] for one in await lees.agents()} == {"lee@example.org", "mia@example.org"}
        await dashboard.delete_agent(mia["id"])
        with pytest.raises(Refused):
            await lees.log_in("mia@example.org", "long-enough")
        await dashboard.delete_team(team["id"])
        assert await dashboard.teams() == []


async def test_settings_profile_search_and_a_new_password_work_as_the_dashboard_does_it(desk: RunningDesk):
    async with dashboard_page(desk) as dashboard, widget_page(desk) as widget:
        assert await dashboard.save_settings(calendarEmail="desk@example.org")
        assert (await dashboard.settings())["calendarEmail"] == "desk@example.org"
        form = {"name": "Kim K", "office365Email": "kim@example.com", "teamsEmail": ""}
        assert (await dashboard.save_profile(**form))["office365Email"] == "kim@example.com"
        assert (await dashboard.profile())["name"] == "Kim K"

        await widget.start()
        await widget.say("Does the galvanised rack rust?")
        found = await dashboard.search("galvanised")
        assert [one["chatSessionId"] for one in found["messages"]] == [widget.session_id]
        assert (await dashboard.search("Ann Müller"))["chats"][0]["sessionId"] == widget.session_id
        assert (await dashboard.search("Kim K"))["agents"][0]["email"] == ADMIN["email"]
        assert await dashboard.search("((") == {"chats": [], "messages": [], "agents": [], "teams": []}

        await dashboard.keep_notes(widget.session_id, "Calls back on Monday")
        assert (await dashboard.chat(widget.session_id))["agentNotes"] == "Calls back on Monday"
        await dashboard.take_over(widget.session_id)
        assert await dashboard.suggested_reply(widget.chat_id) == ANSWER

        with pytest.raises(Refused, match="incorrect"):
            await dashboard.change_password("wrong-words", "new-secret-words")
        await dashboard.change_password(ADMIN["password"], "new-secret-words")
        await dashboard.log_in(ADMIN["email"], "new-secret-words")
        await dashboard.log_out()
        with pytest.raises(Refused):
            await dashboard.chats()


async def test_the_other_dashboard_lists_finds_and_follows_chats_by_the_cookie_alone(desk: RunningDesk):
    async with dashboard_page(desk) as dashboard, widget_page(desk) as widget:
        react = OldReactDashboard(desk.base_url, dashboard.client, dashboard.token)
        await react.load_chats()
        assert react.rows == []
        async with react.connected() as socket:
            await widget.start()
            await widget.say("Where is the invoice?")
            await dashboard.take_over(widget.session_id)
            await socket.until(lambda frame: frame.get("chat", {}).get("mode") == "human")
            for frame in list(socket.heard):
                react.follow(frame)
            assert [row["sessionId"] for row in react.rows] == [widget.session_id]
            assert react.rows[0]["assignedAgent"]["name"] == "Admin"
        await react.load_chats()
        assert [one["matchType"] for one in await react.find("invoice")] == ["message"]
        assert (await react.visitor(widget.session_id))["userName"] == "Ann Müller"
        assert await react.attachments(widget.session_id) == []
        assert await react.documents() == []

        form = {"title": "Invoices", "content": "You find invoices in your account.", "category": "billing"}
        await react.save_canned_response(None, **form, shortcut="inv")
        [text] = await react.canned_responses()
        await react.use_canned_response(text["id"])
        await react.save_canned_response(text["id"], title="All invoices")
        [text] = await react.canned_responses()
        assert (text["title"], text["usageCount"], text["createdBy"]) == ("All invoices", 1, "Admin")
        with pytest.raises(Refused):
            await react.save_canned_response(None, title="", content="")
        await react.delete_canned_response(text["id"])
        assert await react.canned_responses() == []
        overview, questions = await react.analytics()
        assert overview["totalChats"] == 1
        assert questions == [{"question": "where is the invoice?", "count": 1}]
