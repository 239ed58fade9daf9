/** Axes, and the signs that tell series apart without colour. */

import type { Scale } from "./scale";

export interface Frame { left: number; right: number; top: number; bottom: number }

interface AxesProps {
  frame: Frame;
  x: Scale;
  y: Scale;
  xTitle: string;
  yTitle: string;
  writeX: (value: number) => string;
  writeY: (value: number) => string;
}

export function Axes({ frame, x, y, xTitle, yTitle, writeX, writeY }: AxesProps) {
  const { left, right, top, bottom } = frame;
  return (
    <g class="axes">
      {y.ticks.map((tick) => (
        <g>
          <line class="rule" x1={left} x2={right} y1={y.place(tick)} y2={y.place(tick)} />
          <text class="tick" x={left - 8} y={y.place(tick)} dy=".32em" text-anchor="end">{writeY(tick)}</text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <g>
          <line class="rule" x1={x.place(tick)} x2={x.place(tick)} y1={top} y2={bottom} />
          <text class="tick" x={x.place(tick)} y={bottom + 18} text-anchor="middle">{writeX(tick)}</text>
        </g>
      ))}
      <text class="axis" x={(left + right) / 2} y={bottom + 40} text-anchor="middle">{xTitle}</text>
      <text class="axis" x={left - 8} y={top - 14} text-anchor="start">{yTitle}</text>
    </g>
  );
}

/** Six shapes; with eight colours and six dashes beside them no two of 24 series look alike. */
const SHAPES = [
  "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
  "M-4.5-4.5h9v9h-9Z",
  "M0-6L5.5 4.5h-11Z",
  "M0-6.5L6 0L0 6.5L-6 0Z",
  "M0 6L5.5-4.5h-11Z",
  "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z",
];

export function Marker({ x, y, series, hollow = false }: {
  x: number; y: number; series: number; hollow?: boolean;
}) {
  return (
    <path class={`marker s${series % 8}${hollow ? " hollow" : ""}`} d={SHAPES[series % SHAPES.length]!}
      transform={`translate(${round(x)} ${round(y)})`} />
  );
}

/** The key: the sign, the line and the name of each series. */
export function Legend({ names, line = false }: { names: { series: number; label: string }[]; line?: boolean }) {
  return (
    <ul class="key">
      {names.map(({ series, label }) => (
        <li>
          <svg aria-hidden="true" width={line ? 34 : 16} height="16" viewBox={line ? "-17 -8 34 16" : "-8 -8 16 16"}>
            {line && <path class={`curve s${series % 8} d${series % 6}`} d="M-17 0H17" />}
            <Marker x={0} y={0} series={series} />
          </svg>
          <bdi>{label}</bdi>
        </li>
      ))}
    </ul>
  );
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
