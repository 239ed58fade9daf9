/** Reads the blocks of data that stand in the page. Nothing is fetched: everything is in the file. */

import type { Payload, TranscriptChunk, TurnTimes } from "./payload";

interface Base64Decoder { fromBase64?(text: string): Uint8Array<ArrayBuffer> }

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as Base64Decoder).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The application starts before the browser has read the whole file: what follows it comes later. */
function whole(): Promise<void> {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((done) => document.addEventListener("DOMContentLoaded", () => done(), { once: true }));
}

async function inflate(name: string): Promise<unknown> {
  if (!document.getElementById(`d-${name}`)) await whole();
  const element = document.getElementById(`d-${name}`);
  if (!element) throw new Error(`this page has no block ${name}`);
  const bytes = decodeBase64((element.textContent ?? "").trim());
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

export async function readPayload(): Promise<Payload> {
  return (await inflate("summary")) as Payload;
}

let times: Promise<TurnTimes> | null = null;

/** The times of single turns, inflated when they are first wanted and kept. */
export function readTurnTimes(): Promise<TurnTimes> {
  times ??= inflate("turns") as Promise<TurnTimes>;
  return times;
}

/** Chunks that were read last: going from case to case mostly stays within one. */
const kept = new Map<number, Promise<TranscriptChunk>>();
const MOST_KEPT = 3;

export function readChunk(number: number): Promise<TranscriptChunk> {
  const had = kept.get(number);
  if (had) return had;
  const chunk = inflate(`t${number}`) as Promise<TranscriptChunk>;
  kept.set(number, chunk);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return chunk;
}

/** A chunk that is looked through once and let go, for the search through all of them. */
export async function passThroughChunk(number: number): Promise<TranscriptChunk> {
  return kept.get(number) ?? ((await inflate(`t${number}`)) as TranscriptChunk);
}
