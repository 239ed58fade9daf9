import type { PageProps } from "./pages";

export function TradeOff(_: PageProps) {
  return null;
}
