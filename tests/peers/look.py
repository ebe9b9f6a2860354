"""What browser tests do on every screen: keep an image of it, and ask axe."""

import os
from pathlib import Path

from playwright.async_api import Page

AXE = (Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
# What is still fading in has not the colours that people will see.
_ARRIVE = """() => document.getAnimations()
  .filter(one => one.effect?.getComputedTiming().endTime !== Infinity)
  .forEach(one => one.finish())"""
_FOLDER = os.environ.get("SCREENS")


async def keep_image(page: Page, name: str) -> None:
    """Keep an image of the page in the folder that `SCREENS` names, if it names one."""
    if _FOLDER:
        Path(_FOLDER).mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=Path(_FOLDER) / f"{name}.png", animations="disabled")


async def faults_of(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds in the page and its frames."""
    faults = []
    for frame in page.frames:
        await frame.evaluate(_ARRIVE)
        await frame.evaluate(AXE)
        found = await frame.evaluate("axe.run(document, {iframes: false, resultTypes: ['violations']})")
        faults += [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]
    return faults
