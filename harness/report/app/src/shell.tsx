/** What stands around every page: what kind of run it is, its verdict, the way to the pages. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type Keys, useKeys } from "./keys";
import { PAGES } from "./pages/pages";
import type { Report } from "./report";
import { href, navigate, type Route, useRoute } from "./router";
import { chooseNextTheme, readTheme } from "./theme";

/** The title that Python wrote: the verdict, the spec, and whether it was simulated or replayed. */
const WRITTEN = document.title;

export function Shell({ report }: { report: Report }) {
  const route = useRoute();
  const page = PAGES.find((each) => each.route === route.page);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useEffect(() => {
    document.title = page ? `${page.title} · ${WRITTEN}` : WRITTEN;
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true }); // a new page begins at its beginning
      scrollTo(0, 0);
    }
  }, [route.page, route.id]);

  const Component = page?.component;
  return (
    <>
      <a class="skip" href="#page" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>Skip to the page</a>
      <header>
        <Strips report={report} />
        <Top report={report} route={route} />
      </header>
      <main class="wrap" id="page" tabIndex={-1} ref={main}>
        {Component
          ? <Component report={report} route={route} />
          : <p class="note">There is no such page. <a href={href("")}>To the overview</a></p>}
      </main>
      <footer class="wrap"><p>Written by harness. Everything on this page is in it: it loads nothing
        and sends nothing. <kbd>?</kbd> shows the keys.</p></footer>
    </>
  );
}

/** Said once, above everything else: nobody may take these numbers for a service's. */
function Strips({ report }: { report: Report }) {
  const { simulated, replayed } = report.data.head;
  return (
    <>
      {simulated && <p class="strip simulated" role="note"><strong>Simulated</strong> <span>{simulated}</span></p>}
      {replayed && <p class="strip replayed" role="note"><strong>Replayed</strong> <span>{replayed}</span></p>}
    </>
  );
}

function Top({ report, route }: { report: Report; route: Route }) {
  const { head } = report.data;
  const [theme, setTheme] = useState(readTheme);
  const [help, setHelp] = useState(false);
  const turnTheme = (): void => setTheme(chooseNextTheme());

  const keys: Keys = { "?": () => setHelp(!help), T: turnTheme };
  for (const page of PAGES.filter((each) => each.key)) {
    keys[`g ${page.key}`] = () => navigate(href(page.route));
  }
  useKeys(keys);

  return (
    <div class="bar">
      <div class="wrap">
        <p class={`stamp ${head.verdict.tone}`}><span aria-hidden="true">{head.verdict.symbol}</span> {head.verdict.word}</p>
        <h1 dir="auto">{head.name}</h1>
        <p class="when">{head.when} <span class="dot">·</span> run <code>{head.run_id}</code></p>
        <button type="button" class="theme" onClick={turnTheme}>Theme: {theme || "auto"}</button>
        <nav aria-label="Pages">
          {PAGES.filter((each) => each.key).map((each) => (
            <a href={href(each.route)} aria-current={each.route === route.page ? "page" : undefined}>{each.title}</a>
          ))}
        </nav>
        {help && <Help close={() => setHelp(false)} />}
      </div>
    </div>
  );
}

const HELP: [string, string][] = [
  ["g then o m c t l r h a", "overview, matrix, changes, trade-off, latency, results, history, about"],
  ["/", "search"],
  ["j k", "next and previous row, conversation"],
  ["Enter", "open the row"],
  ["n p", "next and previous case"],
  ["[ ]", "previous and next answer among repeats"],
  ["d m", "word diff; Markdown rendered"],
  ["T", "theme"],
  ["?", "this list"],
];

function Help({ close }: { close: () => void }) {
  return (
    <div class="help" role="dialog" aria-label="Keys">
      <dl>{HELP.map(([keys, does]) => <div><dt>{keys.split(" ").map((key) => key === "then" ? " then " : <kbd>{key}</kbd>)}</dt><dd>{does}</dd></div>)}</dl>
      <button type="button" onClick={close}>Close</button>
    </div>
  );
}
