import type { PageProps } from "./pages";

export function Latency(_: PageProps) {
  return null;
}
