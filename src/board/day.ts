import { Centre, type LineSetup } from './centre.ts';
import { busyHours, type Curve, spreadArrivals } from './curve.ts';
import { QUEUES, VISIT_SECONDS_MEAN, VISIT_SHARE } from './queues.ts';
import { Random } from './random.ts';
import type { Agent, Login, Stay } from './stay.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const VISIT_SPREAD = 0.8;

/** A working day up to the moment the board is opened, and the centre as it stands then. */
export interface Day {
  readonly midnightMs: number;
  readonly openedAtMs: number;
  readonly agents: readonly Agent[];
  readonly logins: readonly Login[];
  /** Every session of a customer so far, those still going on too, in the order they arrived in. */
  readonly stays: readonly Stay[];
  /** What goes on from here. */
  readonly centre: Centre;
}

export interface DayRequest {
  readonly seed: number;
  /** How many sessions there are at the opening: logins, queued sessions and visits to the web site together. */
  readonly sessions: number;
  /** When the board is opened, at any time of a day. */
  readonly openedAtMs: number;
}

/** A swing is on its way up, or just over the top, when the board is opened: there should be something to see. */
function createCurve(perHour: number, untilMs: number, random: Random): Curve {
  const swingMs = random.between(1.2, 3.5) * HOUR_MS;
  return {
    perHour,
    swing: random.between(0.05, 0.11),
    swingMs,
    swingFromMs: untilMs - swingMs * random.between(0.1, 0.3),
  };
}

/** How many of `count` each queue gets; the parts that rounding leaves over go to the last. */
function countsByQueue(count: number): number[] {
  const counts = QUEUES.map((queue) => Math.floor(count * queue.share));
  const left = count - counts.reduce((sum, part) => sum + part, 0);
  counts[counts.length - 1] = (counts.at(-1) as number) + left;
  return counts;
}

/** Visits need nobody, so they are laid out rather than lived through; those not over yet are handed to the centre. */
function addVisits(day: Day, curve: Curve, count: number, random: Random): Stay[] {
  const untilMs = day.openedAtMs - day.midnightMs;
  const visits: Stay[] = [];
  for (const at of spreadArrivals(curve, untilMs, count, () => random.exponential(1))) {
    const arrivedMs = day.midnightMs + at;
    const endMs = arrivedMs + Math.ceil(random.logNormal(VISIT_SECONDS_MEAN * 1000, VISIT_SPREAD));
    if (endMs > day.openedAtMs) {
      visits.push(day.centre.admit(arrivedMs, endMs));
      continue;
    }
    visits.push({
      serial: day.centre.nextSerial(),
      queue: undefined,
      arrivedMs,
      answeredMs: undefined,
      endedMs: endMs,
      login: undefined,
      recordId: undefined,
      eventCount: 1,
      place: -1,
    });
  }
  return visits;
}

/**
 * The day of a centre, from one seed. There are exactly as many sessions as asked for, unless so few were asked for that
 * the logins alone of a centre that is open at all are more.
 */
export function createDay({ seed, sessions, openedAtMs }: DayRequest): Day {
  const midnightMs = Math.floor(openedAtMs / DAY_MS) * DAY_MS;
  const untilMs = openedAtMs - midnightMs;
  const hours = Math.max(busyHours(untilMs), 0.01);
  const random = new Random(seed);
  const [arrivalRandom, visitRandom] = [random.fork(), random.fork()];
  const setUp = (count: number, perHour: number, rest: Pick<LineSetup, 'queue' | 'handleSecondsMean'>): LineSetup => {
    const curve = createCurve(perHour, untilMs, arrivalRandom);
    const arrivals = spreadArrivals(curve, untilMs, count, () => arrivalRandom.exponential(1));
    return { ...rest, curve, arrivals, knownUntilMs: untilMs };
  };
  const counts = countsByQueue(Math.floor(sessions * (1 - VISIT_SHARE)));
  const visitSetup = setUp(0, (sessions * VISIT_SHARE) / hours, {
    queue: undefined,
    handleSecondsMean: VISIT_SECONDS_MEAN,
  });
  const setups = QUEUES.map((queue, i) => setUp(counts[i] as number, (counts[i] as number) / hours, queueSetup(queue)));
  const centre = new Centre([...setups, visitSetup], midnightMs, random);
  const logins: Login[] = [];
  const stays: Stay[] = [];
  centre.runTo(openedAtMs, (happening) => {
    if (happening.kind === 'logged-in') logins.push(happening.login);
    else if (happening.kind === 'arrived') stays.push(happening.stay);
  });
  centre.stopHiring();
  const day: Day = { midnightMs, openedAtMs, agents: centre.agents, logins, stays, centre };
  const visits = addVisits(day, visitSetup.curve, Math.max(0, sessions - logins.length - stays.length), visitRandom);
  return { ...day, stays: [...stays, ...visits].sort((left, right) => left.arrivedMs - right.arrivedMs) };
}

function queueSetup(queue: (typeof QUEUES)[number]): Pick<LineSetup, 'queue' | 'handleSecondsMean'> {
  return { queue, handleSecondsMean: queue.handleSecondsMean };
}
