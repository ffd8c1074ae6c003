const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

/** How busy a working day is at each full hour, 1 being an ordinary hour of it. Interpolated between. */
const BUSYNESS = [
  0.16, 0.1, 0.07, 0.06, 0.07, 0.12, 0.28, 0.55, 0.9, 1.14, 1.22, 1.15, 0.98, 1.02, 1.14, 1.1, 1, 0.85, 0.7, 0.62, 0.52,
  0.42, 0.32, 0.22,
];

/** How busy the day is, by milliseconds since midnight; it comes round every 24 hours. */
export function busynessAt(dayMs: number): number {
  const hours = dayMs / HOUR_MS;
  const from = Math.floor(hours);
  const part = hours - from;
  const left = BUSYNESS[((from % 24) + 24) % 24] as number;
  const right = BUSYNESS[(((from + 1) % 24) + 24) % 24] as number;
  return left + (right - left) * part;
}

/** The arrivals of one queue over a day: the day's curve, with slow swings of its own that nobody has planned for. */
export interface Curve {
  /** Arrivals an hour when the day is at 1, as planned. */
  readonly perHour: number;
  /** How high the swings go, 0.1 being a tenth of the planned arrivals. */
  readonly swing: number;
  readonly swingMs: number;
  readonly swingFromMs: number;
}

/** Arrivals a millisecond, as they come. */
export function arrivalRateAt(curve: Curve, dayMs: number): number {
  const swing = Math.sin(((dayMs - curve.swingFromMs) / curve.swingMs) * 2 * Math.PI);
  return plannedRateAt(curve, dayMs) * (1 + curve.swing * swing);
}

/** Arrivals a millisecond, as the planners expect them. */
export function plannedRateAt(curve: Curve, dayMs: number): number {
  return (curve.perHour * busynessAt(dayMs)) / HOUR_MS;
}

/** The area under the day's curve from midnight, in hours at 1. */
export function busyHours(untilMs: number): number {
  let hours = 0;
  for (let at = 0; at < untilMs; at += STEP_MS) {
    const step = Math.min(STEP_MS, untilMs - at);
    hours += (busynessAt(at + step / 2) * step) / HOUR_MS;
  }
  return hours;
}

/**
 * `count` moments between midnight and `untilMs`, in order, spread as the curve says. `gap` draws from the exponential
 * distribution with mean 1: gaps of that kind, brought to the length of the day, are the order of random moments.
 */
export function spreadArrivals(curve: Curve, untilMs: number, count: number, gap: () => number): Float64Array {
  if (untilMs <= 0) return new Float64Array(count);
  const sums = new Float64Array(Math.ceil(untilMs / STEP_MS) + 1);
  for (let i = 1; i < sums.length; i++) {
    const from = (i - 1) * STEP_MS;
    const step = Math.min(STEP_MS, untilMs - from);
    sums[i] = (sums[i - 1] as number) + arrivalRateAt(curve, from + step / 2) * step;
  }
  const places = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += gap();
    places[i] = total;
  }
  const scale = (sums[sums.length - 1] as number) / (total + gap());
  for (let i = 0, step = 1; i < count; i++) {
    const place = (places[i] as number) * scale;
    while (step < sums.length - 1 && (sums[step] as number) <= place) step++;
    const lower = sums[step - 1] as number;
    const part = (place - lower) / ((sums[step] as number) - lower);
    const from = (step - 1) * STEP_MS;
    places[i] = Math.floor(from + part * Math.min(STEP_MS, untilMs - from));
  }
  return places;
}
