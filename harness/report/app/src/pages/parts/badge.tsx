/** A word with its sign and its colour. */

import type { Sign } from "../../signs";

export function Badge({ sign }: { sign: Sign }) {
  return <span class={`badge ${sign.tone}`}><span aria-hidden="true">{sign.symbol}</span> {sign.word}</span>;
}
