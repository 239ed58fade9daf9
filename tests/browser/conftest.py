"""A real Chromium, driven."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
)

# Runs before any script of a page, in the page's world: what the policy stops is written down.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


SETTLED = """
const done = arguments[0];
setTimeout(() => requestAnimationFrame(() => {
  const started = performance.getEntriesByName("ready").length > 0;
  const reading = document.querySelector("[role=status]");
  done(started && !reading);
}), 10);
"""

PRESS = """
document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key: arguments[0], bubbles: true, cancelable: true}));
"""


class Browser:
    """Chromium with a page in it, and what happened while it was there."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver = driver
        self._folder = folder

    def open(self, html: str, anchor: str = "") -> None:
        """Show a document from disk, as somebody does who was sent the file."""
        file = self._folder / "report.html"
        file.write_text(html, encoding="utf-8")
        self.driver.get("about:blank")
        self.complaints()
        self.requests()
        self.driver.get(f"{file.as_uri()}{anchor}")

    def go(self, route: str) -> None:
        """Go to a page of the application, and wait until it is there."""
        self.run("location.hash = arguments[0]", route)
        self.settle()

    def settle(self) -> None:
        """Wait until the application started, what it reads is read, and a frame is drawn."""
        for _ in range(200):
            if self.driver.execute_async_script(SETTLED):
                return
        raise AssertionError("the application does not come to rest")

    def press(self, *keys: str) -> None:
        """Press keys, one after another, wherever the focus is."""
        for key in keys:
            self.run(PRESS, key)
        self.settle()

    def texts(self, selector: str) -> list[str]:
        """Return the text of every element of the page that is shown."""
        found = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())"
        return list(self.run(found, selector))

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script's ``return``."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """What the console holds since it was last read."""
        return [entry["message"] for entry in self._log("browser")]

    def requests(self) -> list[str]:
        """Every address that was asked for since they were last read."""
        found = []
        for entry in self._log("performance"):
            message = entry["message"]
            if '"Network.requestWillBeSent"' in message:
                found.append(message.split('"request":', 1)[1].split('"url":"', 1)[1].split('"')[0])
        return found

    def _log(self, kind: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def width(self, pixels: int) -> None:
        """Be a window of this width; 0 is the default again."""
        if not pixels:
            self.command("Emulation.clearDeviceMetricsOverride")
            return
        self.command("Emulation.setDeviceMetricsOverride", width=pixels, height=900,
                     deviceScaleFactor=1, mobile=pixels < 500)  # fmt: skip


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser a worker, with a profile of its own.

    Without Chromium the tests are skipped; on CI they fail, so that nobody takes a skipped browser
    for a passed one.
    """
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        message = "chromium and chromedriver are needed: apt-get install chromium chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.set_capability("unhandledPromptBehavior", "ignore")
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, tmp_path: Path) -> Iterator[Browser]:
    """The browser, as it was when it started."""
    made = Browser(chromium, tmp_path)
    made.width(0)
    yield made
    chromium.execute_script("localStorage.clear()")
    made.command("Emulation.setScriptExecutionDisabled", value=False)
    made.command("Emulation.setEmulatedMedia", media="", features=[])
    made.width(0)
