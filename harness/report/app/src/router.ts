/**
 * Routes in the fragment, so that they work from `file://` and survive in a link:
 * `#/results?q=status:fail&sort=-cost`, `#/case/12?a=0&b=1`.
 *
 * A page's state is its parameters. `navigate` makes an entry of the history, `replaceParams`
 * changes the present one (typing in a search box is not a step to go back over).
 */

import { useEffect, useState } from "preact/hooks";

export interface Route {
  /** "" is the overview; else matrix, changes, trade-off, latency, results, case, history, about. */
  page: string;
  /** What follows the page in the path: the id of a case. */
  id: string;
  params: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = splitOnce(hash.replace(/^#/, ""), "?");
  const [, page = "", ...rest] = path.split("/");
  return { page, id: decode(rest.join("/")), params: new URLSearchParams(query) };
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a link that somebody wrote by hand
  }
}

type Params = Record<string, string | number | null | undefined>;

/** The link to a page. Parameters that are null, undefined or "" are left out. */
export function href(page: string, id: string | number = "", params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const path = `#/${page}${id === "" ? "" : `/${encodeURIComponent(id)}`}`;
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export function navigate(to: string): void {
  location.hash = to;
}

/** Change parameters of the present page without a step in the history. */
export function replaceParams(change: Params): void {
  const { page, id, params } = parseRoute(location.hash);
  const all: Params = { ...Object.fromEntries(params), ...change };
  history.replaceState(history.state, "", href(page, id, all));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
