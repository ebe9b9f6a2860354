"""Asking Microsoft Graph, which is far away, busy, and sometimes silent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aichatdesk.outbound.free_slots import Span
from aichatdesk.outbound.graph import Graph, Patience
from aichatdesk.outbound.graph_errors import GraphError
from aichatdesk.outbound.graph_tokens import GraphAccount, GraphTokens
from aichatdesk.platform.http.client import make_http_client
from peers.graph import CLIENT, OWNER, SECRET, TENANT, Fault, GraphPeer

NINE = Span(datetime(2031, 2, 17, 9, tzinfo=UTC), datetime(2031, 2, 17, 9, 30, tzinfo=UTC))
DETAILS = {"subject": "[AIChatDesk] Demo with Ann", "attendees": []}


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[GraphPeer]:
    async with GraphPeer(tmp_path) as running:
        yield running


@pytest.fixture
async def graph(peer: GraphPeer) -> AsyncIterator[Graph]:
    async with make_http_client(ca_file=peer.ca_file) as client:
        account = GraphAccount(CLIENT, SECRET, TENANT, peer.base_url, peer.base_url)
        patience = Patience(timedelta(seconds=1), timedelta(seconds=5))
        yield Graph(client, GraphTokens(client, account), peer.base_url, patience)


async def test_times_without_a_zone_are_utc_and_one_sign_in_lasts(peer: GraphPeer, graph: Graph):
    peer.is_busy("2031-02-17T09:00:00", "2031-02-17T10:00:00")
    peer.is_busy("2031-02-17T11:00:00", "2031-02-17T12:00:00", status="free")
    day = Span(NINE.start, NINE.start + timedelta(days=1))
    for _ in range(3):
        assert await graph.busy(OWNER, day) == [Span(NINE.start, NINE.start + timedelta(hours=1))]
    assert len(peer.asked("/token")) == 1
    asked = [told for told in peer.told if "prefer" in told]
    assert {told["prefer"] for told in asked} == {'outlook.timezone="UTC"'}
    assert not any(name.startswith("x-client-") for told in peer.told for name in told)


async def test_a_token_that_graph_takes_no_more_is_renewed_once(peer: GraphPeer, graph: Graph):
    await graph.busy(OWNER, NINE)
    peer.tokens.clear()
    assert await graph.busy(OWNER, NINE) == []
    assert len(peer.asked("/token")) == 2
    peer.then(*[Fault(status=401, body={"error": {"code": "x"}})] * 2, on="getSchedule")
    with pytest.raises(GraphError) as caught:
        await graph.busy(OWNER, NINE)
    assert caught.value.status == 401
    assert caught.value.passing
    assert len(peer.asked("/token")) == 3


async def test_a_token_is_not_used_beyond_its_life(peer: GraphPeer, graph: Graph):
    peer.token_life = 60  # less than msal holds to be safe
    await graph.busy(OWNER, NINE)
    await graph.busy(OWNER, NINE)
    assert len(peer.asked("/token")) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=503, body={"error": {"code": "ServiceUnavailable"}}),
        Fault(status=500, body="<html>"),
        Fault(cut=True),
        Fault(delay=30),
    ],
)
async def test_a_hiccup_is_passed_over(peer: GraphPeer, graph: Graph, fault: Fault):
    peer.is_busy("2031-02-17T09:00:00", "2031-02-17T10:00:00")
    peer.then(fault, on="getSchedule")
    assert await graph.busy(OWNER, NINE) == [Span(NINE.start, NINE.start + timedelta(hours=1))]


@pytest.mark.parametrize(
    ("fault", "passing", "after"),
    [
        (Fault(status=429, headers={"Retry-After": "120"}), True, timedelta(minutes=2)),
        (Fault(status=429, headers={"Retry-After": "999999999"}), True, timedelta(hours=1)),
        (Fault(status=429, headers={"Retry-After": "soon"}), True, None),
        (Fault(status=503), True, None),
        (Fault(status=403, body={"error": {"code": "ErrorAccessDenied", "message": "No."}}), True, None),
        (Fault(status=400, body={"error": {"code": "ErrorInvalidRequest"}}), False, None),
        (Fault(status=200, body={"value": [{}]}), True, None),
        (Fault(status=200, body=[]), True, None),
        (
            Fault(
                status=200,
                body={"value": [{"scheduleItems": [{"status": "busy", "start": {"dateTime": "noon"}}]}]},
            ),
            True,
            None,
        ),
    ],
)
async def test_trouble_is_never_taken_for_free_time(
    peer: GraphPeer, graph: Graph, fault: Fault, passing: bool, after: timedelta | None
):
    peer.then(*[fault] * 2, on="getSchedule")
    with pytest.raises(GraphError) as caught:
        await graph.busy(OWNER, NINE)
    assert (caught.value.passing, caught.value.after, caught.value.maybe_done) == (passing, after, False)


async def test_a_calendar_that_graph_does_not_know_is_not_free(peer: GraphPeer, graph: Graph):
    with pytest.raises(GraphError, match="ErrorMailRecipientNotFound"):
        await graph.busy("nobody@example.org", NINE)


async def test_a_wrong_secret_is_told_and_not_tried_again_at_once(peer: GraphPeer, graph: Graph):
    peer.secret = "another"
    with pytest.raises(GraphError, match="AADSTS7000215"):
        await graph.busy(OWNER, NINE)
    assert len(peer.asked("/token")) == 1
    peer.secret = SECRET
    assert await graph.busy(OWNER, NINE) == []


@pytest.mark.parametrize(
    "fault", [Fault(status=503, body={}), Fault(status=200, body=["?"]), Fault(status=200, body={})]
)
async def test_a_sign_in_that_fails_is_an_error_with_a_sentence(peer: GraphPeer, graph: Graph, fault: Fault):
    peer.then(fault, on="/token")
    with pytest.raises(GraphError, match=r"^(Signing in|Microsoft did not)"):
        await graph.busy(OWNER, NINE)


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(delay=30), Fault(status=503)])
async def test_a_repetition_makes_no_second_meeting(
    peer: GraphPeer, graph: Graph, fault: Fault, refuses: bool
):
    peer.refuses_repetition = refuses
    peer.then(fault, on="calendar/events")
    event = await graph.create_event(OWNER, "t1", NINE, DETAILS)
    again = await graph.create_event(OWNER, "t1", NINE, DETAILS)
    assert event == again == await graph.find_event(OWNER, "t1", NINE)
    assert [meeting.id for meeting in peer.meetings] == [event.id]
    assert peer.meetings[0].sent["start"] == {"dateTime": "2031-02-17T09:00:00", "timeZone": "UTC"}
    assert await graph.find_event(OWNER, "t2", NINE) is None


@pytest.mark.parametrize(
    ("faults", "maybe"),
    [
        ([Fault(cut=True), Fault(cut=True)], True),
        ([Fault(cut=True), Fault(status=429)], True),
        ([Fault(delay=30)], True),
        ([Fault(status=200, body=["?"])], True),
        ([Fault(status=500), Fault(status=500)], True),
        ([Fault(status=429), Fault(status=429)], False),
        ([Fault(status=403)], False),
        ([Fault(status=401), Fault(status=401)], False),
    ],
)
async def test_a_lost_answer_is_told_from_a_refusal(
    peer: GraphPeer, graph: Graph, faults: list[Fault], maybe: bool
):
    await graph.busy(OWNER, NINE)
    peer.then(*faults, *[Fault(delay=30)] * (faults[0].delay > 5), on="calendar/events")
    with pytest.raises(GraphError) as caught:
        await graph.create_event(OWNER, "t1", NINE, DETAILS)
    assert caught.value.maybe_done is maybe


async def test_a_server_that_is_not_there_has_done_nothing(peer: GraphPeer, graph: Graph):
    await graph.busy(OWNER, NINE)
    await peer.__aexit__()
    with pytest.raises(GraphError) as caught:
        await graph.create_event(OWNER, "t1", NINE, DETAILS)
    assert not caught.value.maybe_done


async def test_a_meeting_is_called_off_once_and_for_all(peer: GraphPeer, graph: Graph):
    event = await graph.create_event(OWNER, "t1", NINE, DETAILS)
    assert await graph.get_event(OWNER, event.id) == event
    peer.then(Fault(cut=True), on="cancel")
    await graph.cancel_event(OWNER, event.id, "Sorry")
    await graph.cancel_event(OWNER, event.id, "Sorry")
    assert peer.live() == []
    with pytest.raises(GraphError) as caught:
        await graph.get_event(OWNER, event.id)
    assert not caught.value.passing
