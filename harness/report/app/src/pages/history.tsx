import type { PageProps } from "./pages";

export function History(_: PageProps) {
  return null;
}
