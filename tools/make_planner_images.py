#!/usr/bin/env python3
"""Make the images of docs/guide/choosing-a-model.md from a plan's own page, in the browser of the tests."""

import asyncio
import os
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from aichatdesk.migration.plan.draw_page import plan_page
from aichatdesk.migration.plan.make_plan import make_plan
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.spark.constants import load_constants

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images" / "planner"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WIDTH = 900
# How high the part of the page is that tells all of a plan but its tables.
TOP = 1560


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page(viewport={"width": WIDTH, "height": TOP}, color_scheme="light")
            for name, model in (("dense", "llama3.1-70b"), ("experts", "qwen3.6-35b-a3b")):
                file = Path(folder) / f"{name}.html"
                file.write_text(plan_page(make_plan(PlanQuestion(model=model)), load_constants()), "utf-8")
                await page.goto(file.as_uri())
                await page.screenshot(path=FOLDER / f"{name}.png")
            charts = page.locator("section[aria-labelledby=accuracy] .charts").first
            await charts.screenshot(path=FOLDER / "accuracy.png")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
