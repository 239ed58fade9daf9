/** Takes over from the static page once everything is read; where that fails, the static page stays. */

import { render } from "preact";
import { readPayload } from "./blocks";
import { makeReport } from "./report";
import { Shell } from "./shell";
import { applyTheme, readTheme } from "./theme";

async function start(): Promise<void> {
  applyTheme(readTheme());
  const report = makeReport(await readPayload());
  const root = document.getElementById("app")!;
  render(<Shell report={report} />, root);
  document.getElementById("static")!.remove(); // its ids and its rows would only be in the way
  root.hidden = false;
  performance.mark("ready");
}

start().catch((error: unknown) => {
  document.documentElement.classList.remove("with-script");
  const note = document.getElementById("broken")!;
  note.hidden = false;
  note.textContent = `The interactive part of this page could not start (${String(error)}). `
    + "What follows is the report without it.";
});
