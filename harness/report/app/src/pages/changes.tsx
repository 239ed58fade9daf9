import type { PageProps } from "./pages";

export function Changes(_: PageProps) {
  return null;
}
