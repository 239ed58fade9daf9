/** Points with interval bars, and the line of those that nothing beats. */

import { Axes, Legend, Marker, round, type Frame } from "./axes";
import { Drawing, Figure, useWidth, type Twin } from "./figure";
import { makeLog, makeShares, writeShareTick } from "./scale";

export interface Point {
  series: number;
  label: string;
  x: number;
  y: number;
  low: number;
  high: number;
  /** The same target before: drawn hollow, with a line from there to here. */
  before: { x: number; y: number } | null;
}

export interface ScatterProps {
  id: string;
  title: string;
  description: string;
  xTitle: string;
  yTitle: string;
  points: Point[];
  twin: Twin;
  writeX: (value: number) => string;
}

const HEIGHT = 380;
const WIDE = 600; // pixels; in less the names would lie on each other, and the key has them

export function Scatter({ id, title, description, xTitle, yTitle, points, twin, writeX }: ScatterProps) {
  const [box, width] = useWidth();
  const frame: Frame = { left: 56, right: width - 44, top: 36, bottom: HEIGHT - 52 };
  const xs = points.flatMap((p) => (p.before ? [p.x, p.before.x] : [p.x]));
  const x = makeLog(0.85 * Math.min(...xs), 1.15 * Math.max(...xs), frame.left, frame.right);
  const shares = points.flatMap((p) => [p.low, p.high, ...(p.before ? [p.before.y] : [])]);
  const y = makeShares(shares, frame.bottom, frame.top);
  return (
    <Figure id={id} title={title} description={description} twin={twin}>
      <Legend names={points} />
      <Drawing id={id} title={title} width={width} height={HEIGHT} box={box}>
        <Axes frame={frame} x={x} y={y} xTitle={xTitle} yTitle={yTitle} writeX={writeX} writeY={writeShareTick} />
        <path class="frontier" d={drawFrontier(listFrontier(points), x.place, y.place, frame)} />
        {points.map((p) => (
          <g>
            {p.before && <>
              <line class={`moved s${p.series % 8}`} x1={round(x.place(p.before.x))} y1={round(y.place(p.before.y))} x2={round(x.place(p.x))} y2={round(y.place(p.y))} />
              <Marker x={x.place(p.before.x)} y={y.place(p.before.y)} series={p.series} hollow />
            </>}
            <path class={`interval s${p.series % 8}`} d={drawBar(round(x.place(p.x)), round(y.place(p.low)), round(y.place(p.high)))} />
            <Marker x={x.place(p.x)} y={y.place(p.y)} series={p.series} />
            {width >= WIDE && <Name point={p} x={x.place(p.x)} y={y.place(p.y)} right={frame.right} />}
          </g>
        ))}
      </Drawing>
    </Figure>
  );
}

function Name({ point, x, y, right }: { point: Point; x: number; y: number; right: number }) {
  const short = point.label.length > 28 ? `${point.label.slice(0, 27)}…` : point.label;
  const turned = x + 12 + 7 * short.length > right;
  return <text class="label" x={round(turned ? x - 11 : x + 11)} y={round(y - 8)} text-anchor={turned ? "end" : "start"}>{short}</text>;
}

function drawBar(x: number, low: number, high: number): string {
  return `M${x} ${low}V${high}M${x - 5} ${low}h10M${x - 5} ${high}h10`;
}

/** The points that no other beats: none is as good for less, none is better for as much. */
export function listFrontier(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || b.y - a.y);
  const kept: { x: number; y: number }[] = [];
  for (const point of sorted) {
    const best = kept[kept.length - 1];
    if (!best || point.y > best.y) kept.push(point);
  }
  return kept;
}

function drawFrontier(
  kept: { x: number; y: number }[], placeX: (v: number) => number, placeY: (v: number) => number,
  frame: Frame,
): string {
  const [first, ...others] = kept.map((p) => [round(placeX(p.x)), round(placeY(p.y))] as const);
  if (!first) return "";
  const steps = others.map(([x, y]) => `H${x}V${y}`).join("");
  return `M${first[0]} ${first[1]}${steps}H${round(frame.right)}`;
}
