import type { PageProps } from "./pages";

export function Matrix(_: PageProps) {
  return null;
}
