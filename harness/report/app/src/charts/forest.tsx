/**
 * A forest plot: a table whose middle column is drawn, so that drawing and numbers are one thing.
 *
 * Places in the drawing are percentages: it needs no script to follow the width of its column.
 */

import type { ComponentChildren } from "preact";
import type { Scale } from "./scale";

export interface ForestRow {
  label: string;
  note?: string;
  value: number;
  low: number;
  high: number;
  /** Number and interval, in words. */
  text: string;
  interval: string;
  /** The other cells of the row, as many as `ForestProps.columns`. */
  cells: ComponentChildren[];
}

export interface ForestLine { at: number; label: string; kind: "zero" | "limit" }

export interface ForestProps {
  id: string;
  title: string;
  description: string;
  first: string;
  measure: string;
  columns: string[];
  rows: ForestRow[];
  lines: ForestLine[];
  scale: Scale;
  write: (value: number) => string;
}

const EDGE = 6; // percent on either side, where the names of the last ticks stand

/** The scale of a forest plot places values in percent of its column's width. */
export const FOREST_RANGE: [number, number] = [EDGE, 100 - EDGE];

export function Forest(props: ForestProps) {
  const { id, title, description, first, measure, columns, rows, lines, scale, write } = props;
  const at = (value: number): string => `${scale.place(Math.min(scale.high, Math.max(scale.low, value))).toFixed(2)}%`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p class="note">{description}</p>
      <div class="scroll" role="group" aria-labelledby={id} tabIndex={0}>
        <table class="forest">
          <thead>
            <tr>
              <th scope="col">{first}</th>
              <th scope="col" class="n">{measure}</th>
              <th scope="col" class="drawn">
                <span class="sr">Drawing</span>
                <svg aria-hidden="true" width="100%" height="46">
                  {scale.ticks.map((tick) => <text class="tick" x={at(tick)} y="43" text-anchor="middle">{write(tick)}</text>)}
                  {lines.map((line) => <Name line={line} x={at(line.at)} />)}
                </svg>
              </th>
              {columns.map((name) => <th scope="col" class="n">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                <th scope="row"><bdi>{row.label}</bdi>{row.note && <small>{row.note}</small>}</th>
                <td class="n" data-label={measure}><b>{row.text}</b> <small>{row.interval}</small></td>
                <td class="drawn">
                  <svg aria-hidden="true" width="100%" height="36">
                    {scale.ticks.map((tick) => <line class="rule" x1={at(tick)} x2={at(tick)} y1="0" y2="36" />)}
                    {lines.map((line) => <line class={`line ${line.kind}`} x1={at(line.at)} x2={at(line.at)} y1="0" y2="36" />)}
                    <line class="whisker" x1={at(row.low)} x2={at(row.high)} y1="18" y2="18" />
                    <Cap x={at(row.low)} open={row.low < scale.low} />
                    <Cap x={at(row.high)} open={row.high > scale.high} right />
                    <svg x={at(row.value)} y="18" overflow="visible"><path class="point" d="M0-7L6 0L0 7L-6 0Z" /></svg>
                  </svg>
                </td>
                {row.cells.map((cell, i) => <td class="n" data-label={columns[i]}>{cell}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Names of limits stand outside of them and below that of 0, so that none lies on another. */
function Name({ line, x }: { line: ForestLine; x: string }) {
  if (line.kind === "zero") return <text class="name" x={x} y="11" text-anchor="middle">{line.label}</text>;
  return <text class="name limit" x={x} y="25" dx={line.at > 0 ? -4 : 4} text-anchor={line.at > 0 ? "start" : "end"}>{line.label}</text>;
}

/** The end of an interval; an arrow where it goes on beyond the scale. */
function Cap({ x, open, right = false }: { x: string; open: boolean; right?: boolean }) {
  const arrow = right ? "M-6-5L0 0L-6 5" : "M6-5L0 0L6 5";
  return <svg x={x} y="18" overflow="visible"><path class="whisker" d={open ? arrow : "M0-5V5"} /></svg>;
}
