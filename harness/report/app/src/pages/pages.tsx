/** The pages by their route: a page is a module and a row here. */

import type { ComponentType } from "preact";
import type { Report } from "../report";
import type { Route } from "../router";
import { About } from "./about";
import { Case } from "./case";
import { Changes } from "./changes";
import { History } from "./history";
import { Latency } from "./latency";
import { Matrix } from "./matrix";
import { Overview } from "./overview";
import { Results } from "./results";
import { TradeOff } from "./tradeoff";

export interface PageProps { report: Report; route: Route }

export interface Page {
  route: string;
  title: string;
  /** The second key after `g`; "" for a page that only links lead to. */
  key: string;
  component: ComponentType<PageProps>;
}

export const PAGES: readonly Page[] = [
  { route: "", title: "Overview", key: "o", component: Overview },
  { route: "matrix", title: "Matrix", key: "m", component: Matrix },
  { route: "changes", title: "Changes", key: "c", component: Changes },
  { route: "trade-off", title: "Trade-off", key: "t", component: TradeOff },
  { route: "latency", title: "Latency", key: "l", component: Latency },
  { route: "results", title: "Results", key: "r", component: Results },
  { route: "history", title: "History", key: "h", component: History },
  { route: "about", title: "About", key: "a", component: About },
  { route: "case", title: "Case", key: "", component: Case },
];
