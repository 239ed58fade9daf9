import type { PageProps } from "./pages";

export function Results(_: PageProps) {
  return null;
}
