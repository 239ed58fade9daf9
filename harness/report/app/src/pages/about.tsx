import type { PageProps } from "./pages";

export function About(_: PageProps) {
  return null;
}
