"""The pictures of the documentation, taken anew: ``python -m tests.browser.pictures``."""

from __future__ import annotations

import base64
import shutil
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from harness.report.html import render_html
from tests.browser.conftest import FLAGS
from tests.browser.demo import SPEC, make_demo, make_history, make_run

IMAGES = Path(__file__).parents[2] / "docs" / "images"

PICTURES = {
    "overview": ("", 1480),
    "matrix": ("matrix", 900),
    "changes": ("changes", 820),
    "trade-off": ("trade-off", 700),
    "latency": ("latency", 820),
    "case": ("case/3?cols=0,1&diff=base", 900),
}
"""The route, and how many pixels of it are shown at most."""

WIDTH = 1280


def take_pictures(folder: Path) -> None:
    """Write the pictures, in the light theme, of the runs that ``demo`` makes up."""
    run, summary = make_demo()
    page = Path(tempfile.mkdtemp()) / "report.html"
    base, history = make_run("main"), make_history(run)
    html = render_html(run, summary, spec=SPEC, history=history, base=base)
    page.write_text(html, encoding="utf-8")
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={page.parent}/profile"):
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium") or ""
    chrome = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        chrome.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": "light"}]},
        )
        for name, (route, most) in PICTURES.items():
            chrome.get("about:blank")
            chrome.get(f"{page.as_uri()}#/{route}")
            time.sleep(1)  # fonts, and blocks that are inflated when a page wants them
            height = chrome.execute_script("return document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(height, most), "scale": 1}
            shot = chrome.execute_cdp_cmd(
                "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
            )
            (folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))
    finally:
        chrome.quit()


if __name__ == "__main__":
    take_pictures(IMAGES)
