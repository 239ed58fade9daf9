import type { PageProps } from "./pages";

export function Overview(_: PageProps) {
  return null;
}
