import type { PageProps } from "./pages";

export function Case(_: PageProps) {
  return null;
}
