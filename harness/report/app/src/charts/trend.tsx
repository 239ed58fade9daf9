/** One number over the runs of a spec, a line a series, with its intervals. */

import { Axes, Legend, Marker, round, type Frame } from "./axes";
import { Drawing, Figure, useWidth, type Twin } from "./figure";
import { makeLinear, type Scale } from "./scale";

/** `at` is the run's place from the oldest; a run without the number has no place on the line. */
export interface Stop { at: number; value: number; low: number | null; high: number | null }
export interface Trail { series: number; label: string; stops: Stop[] }

export interface TrendProps {
  id: string;
  title: string;
  description: string;
  yTitle: string;
  /** The name of each run on the axis. */
  runs: string[];
  trails: Trail[];
  makeY: (values: number[], from: number, to: number) => Scale;
  writeY: (value: number) => string;
  twin: Twin;
}

const HEIGHT = 300;

export function Trend({ id, title, description, yTitle, runs, trails, makeY, writeY, twin }: TrendProps) {
  const [box, width] = useWidth();
  const frame: Frame = { left: 64, right: width - 24, top: 36, bottom: HEIGHT - 52 };
  const values = trails.flatMap((t) => t.stops.flatMap((s) => [s.value, s.low ?? s.value, s.high ?? s.value]));
  const y = makeY(values, frame.bottom, frame.top);
  const x = spreadRuns(runs.length, frame);
  return (
    <Figure id={id} title={title} description={description} twin={twin}>
      <Legend names={trails} line />
      <Drawing id={id} title={title} width={width} height={HEIGHT} box={box}>
        <Axes frame={frame} x={x} y={y} xTitle="runs, the oldest first" yTitle={yTitle} writeX={(at) => runs[at] ?? ""} writeY={(value) => (value === 0 ? "0" : writeY(value))} />
        {trails.map((trail, i) => (
          <g transform={`translate(${4 * (i - (trails.length - 1) / 2)} 0)`}>
            <path class={`curve s${trail.series % 8} d${trail.series % 6}`} d={joinStops(trail.stops, x, y)} />
            {trail.stops.map((stop) => (
              <g>
                {stop.low !== null && stop.high !== null && (
                  <line class={`interval s${trail.series % 8}`} x1={round(x.place(stop.at))} x2={round(x.place(stop.at))} y1={round(y.place(stop.low))} y2={round(y.place(stop.high))} />
                )}
                <Marker x={x.place(stop.at)} y={y.place(stop.value)} series={trail.series} />
              </g>
            ))}
          </g>
        ))}
      </Drawing>
    </Figure>
  );
}

/** Runs at equal distances, whatever lay between them, and as many names as there is room for. */
function spreadRuns(count: number, frame: Frame): Scale {
  const inner = frame.right - frame.left - 48;
  const place = (at: number): number => frame.left + 24 + (count > 1 ? (at / (count - 1)) * inner : inner / 2);
  const every = Math.ceil(count / Math.max(1, Math.floor(inner / 90)));
  const ticks = Array.from({ length: count }, (_, i) => i).filter((i) => (count - 1 - i) % every === 0);
  return { low: 0, high: count - 1, place, ticks };
}

export function joinStops(stops: Stop[], x: Scale, y: Scale): string {
  return stops.map((s, i) => `${i ? "L" : "M"}${round(x.place(s.at))} ${round(y.place(s.value))}`).join("");
}

/** From 0, for amounts. */
export function makeAmounts(values: number[], from: number, to: number): Scale {
  return makeLinear(0, Math.max(...values, 1e-9), from, to, 4);
}
