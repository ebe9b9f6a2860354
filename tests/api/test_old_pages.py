"""The older server's pages: served from their folder alone, and only where the owner names it."""

from pathlib import Path

import pytest

from aichatdesk.core.errors import Misconfigured
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk


async def test_the_old_pages_are_off_unless_their_folder_is_named(desk: RunningDesk):
    assert (await desk.client.get("/test/index.html")).status_code == 404


async def test_only_what_is_in_the_folder_is_served(tmp_path: Path, models: FakeModelServer):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<h1>Old</h1>")
    (tmp_path / "secret.txt").write_text("secret")
    (pages / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with running_desk(tmp_path / "data", models.base_url, TEST_PAGES_PATH=str(pages)) as desk:
        page = await desk.client.get("/test/")
        assert page.text == "<h1>Old</h1>"
        assert "connect-src 'self'" in page.headers["content-security-policy"]
        for name in ("../secret.txt", "%2e%2e%2fsecret.txt", "link.txt", "none.html", "%00"):
            assert (await desk.client.get(f"/test/{name}")).status_code == 404, name[:20]


async def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path, models: FakeModelServer):
    with pytest.raises(Misconfigured, match="TEST_PAGES_PATH"):
        async with running_desk(tmp_path / "data", models.base_url, TEST_PAGES_PATH=str(tmp_path / "none")):
            pass


@pytest.mark.parametrize("folder", ["widget", "dashboard", "shop"])
async def test_no_odd_name_is_a_defect(desk: RunningDesk, folder: str):
    for name in ("%00", "..%2f..%2fdesk.db", "a" * 5000, "%ff"):
        assert (await desk.client.get(f"/{folder}/{name}")).status_code == 404, name[:20]
