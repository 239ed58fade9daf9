/** Light or dark as the system says, unless the reader chose. */

const THEMES = ["", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "harness-theme";

export function readTheme(): Theme {
  let kept = "";
  try {
    kept = localStorage.getItem(KEY) ?? "";
  } catch {
    // private windows keep nothing
  }
  return THEMES.find((each) => each === kept) ?? "";
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme) root.dataset["theme"] = theme;
  else delete root.dataset["theme"];
}

export function chooseNextTheme(): Theme {
  const present = THEMES.findIndex((each) => each === (document.documentElement.dataset["theme"] ?? ""));
  const next = THEMES[(present + 1) % THEMES.length] ?? "";
  applyTheme(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // as above
  }
  return next;
}
