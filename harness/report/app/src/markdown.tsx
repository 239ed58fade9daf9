/** A reply as its Markdown means it, when a reader asks for that: never its HTML, never a fetch. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import { useLayoutEffect, useRef } from "preact/hooks";

const ALLOWED_TAGS = [
  "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
  "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
];

/** Makes a piece of a document that holds text and its form, and links that say where they lead. */
function makeFragment(text: string): DocumentFragment {
  const html = marked.parse(text, { async: false, gfm: true, breaks: true });
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS, ALLOWED_ATTR: ["href"], ALLOWED_URI_REGEXP: /^https?:/i, ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll("a")) {
    const to = link.getAttribute("href");
    if (!to) continue;
    link.setAttribute("rel", "noopener noreferrer nofollow");
    link.setAttribute("target", "_blank");
    const host = document.createElement("small");
    host.className = "host";
    host.textContent = ` (${hostOf(to)})`;
    link.append(host);
  }
  return fragment;
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "no address";
  }
}

export function Rendered({ text }: { text: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(makeFragment(text)), [text]);
  return <div class="rendered" dir="auto" ref={place} />;
}
