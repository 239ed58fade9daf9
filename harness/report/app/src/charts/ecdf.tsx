/** The share of turns that were answered within a time, for every time: a step line a series. */

import { Axes, Legend, Marker, round, type Frame } from "./axes";
import { Drawing, Figure, useWidth, type Twin } from "./figure";
import { makeLinear, makeLog, writeShareTick, type Scale } from "./scale";

export interface Curve {
  series: number;
  label: string;
  /** Ascending, above 0. */
  values: ArrayLike<number>;
  /** Where signs stand: a value and the share of the values below it. */
  marks: { value: number; share: number }[];
}

export interface EcdfProps {
  id: string;
  title: string;
  description: string;
  xTitle: string;
  curves: Curve[];
  twin: Twin;
  writeX: (value: number) => string;
}

const HEIGHT = 340;
const MOST_STEPS = 400; // more than there are pixels to tell apart

export function Ecdf({ id, title, description, xTitle, curves, twin, writeX }: EcdfProps) {
  const [box, width] = useWidth();
  const frame: Frame = { left: 56, right: width - 44, top: 36, bottom: HEIGHT - 52 };
  const firsts = curves.map((c) => c.values[0]!), lasts = curves.map((c) => c.values[c.values.length - 1]!);
  const x = makeLog(Math.min(...firsts), Math.max(...lasts), frame.left, frame.right);
  const y = makeLinear(0, 1, frame.bottom, frame.top);
  return (
    <Figure id={id} title={title} description={description} twin={twin}>
      <Legend names={curves} line />
      <Drawing id={id} title={title} width={width} height={HEIGHT} box={box}>
        <Axes frame={frame} x={x} y={y} xTitle={xTitle} yTitle="share of turns answered" writeX={writeX}
          writeY={writeShareTick} />
        {curves.map((curve) => (
          <g>
            <path class={`curve s${curve.series % 8} d${curve.series % 6}`} d={drawSteps(curve.values, x, y, frame)} />
            {curve.marks.map(({ value, share }) => (
              <Marker x={x.place(value)} y={y.place(share)} series={curve.series} />
            ))}
          </g>
        ))}
      </Drawing>
    </Figure>
  );
}

export function drawSteps(values: ArrayLike<number>, x: Scale, y: Scale, frame: Frame): string {
  const count = values.length, every = Math.max(1, Math.ceil(count / MOST_STEPS));
  let path = `M${round(x.place(values[0]!))} ${round(frame.bottom)}`;
  for (let i = 0; i < count; i += every) {
    const last = Math.min(count, i + every) - 1;
    path += `H${round(x.place(values[last]!))}V${round(y.place((last + 1) / count))}`;
  }
  return `${path}H${round(frame.right)}`;
}
