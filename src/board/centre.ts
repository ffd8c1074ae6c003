import { Agenda } from './agenda.ts';
import { arrivalRateAt, type Curve, plannedRateAt } from './curve.ts';
import { Fifo } from './fifo.ts';
import type { Queue } from './queues.ts';
import type { Random } from './random.ts';
import type { Agent, Happening, Login, Stay } from './stay.ts';

const MINUTE_MS = 60_000;
/** How often planners look at a queue and log agents in. Those who log out do so when their stretch is over. */
const PLANNING_MS = MINUTE_MS;
const HANDLE_SPREAD = 0.55;
const HANDLE_MS_MIN = 12_000;
const HANDLE_MS_MAX = 90 * MINUTE_MS;
const VISIT_SPREAD = 0.8;

type Plan =
  | { readonly kind: 'arrival'; readonly line: Line }
  | { readonly kind: 'planning'; readonly line: Line }
  | { readonly kind: 'patience'; readonly stay: Stay }
  | { readonly kind: 'end'; readonly stay: Stay };

interface Line {
  readonly queue: Queue | undefined;
  readonly handleMsMean: number;
  readonly curve: Curve;
  readonly arrivals: Float64Array;
  readonly knownUntilMs: number;
  arrivalsUsed: number;
  readonly waiting: Fifo<Stay>;
  /** A login stands here once for every free seat. */
  readonly free: Fifo<Login>;
  readonly off: Fifo<Agent>;
  online: Login[];
}

/** What a line of the centre is set up with. */
export interface LineSetup {
  readonly queue: Queue | undefined;
  readonly handleSecondsMean: number;
  readonly curve: Curve;
  /** The arrivals that are known beforehand, in milliseconds since midnight. Later ones are drawn. */
  readonly arrivals: Float64Array;
  /** Until when they are known. */
  readonly knownUntilMs: number;
}

/**
 * The world outside the database: customers arrive, wait in line, are answered by whoever has been free longest, give up
 * or end; agents log in and out by plan. Deterministic: it knows no time but the one it is moved to, and draws from
 * one seed.
 */
export class Centre {
  readonly open: Stay[] = [];
  readonly agents: Agent[] = [];
  readonly #random: Random;
  readonly #midnightMs: number;
  readonly #lines: Line[];
  readonly #linesByQueue = new Map<Queue | undefined, Line>();
  readonly #agenda = new Agenda<Plan>();
  #tell: (happening: Happening) => void = () => {};
  #staySerial = 0;
  #loginSerial = 0;
  #hiring = true;

  constructor(setups: readonly LineSetup[], midnightMs: number, random: Random) {
    this.#random = random;
    this.#midnightMs = midnightMs;
    this.#lines = setups.map((setup) => ({
      queue: setup.queue,
      handleMsMean: setup.handleSecondsMean * 1000,
      curve: setup.curve,
      arrivals: setup.arrivals,
      knownUntilMs: setup.knownUntilMs,
      arrivalsUsed: 0,
      waiting: new Fifo<Stay>(),
      free: new Fifo<Login>(),
      off: new Fifo<Agent>(),
      online: [],
    }));
    this.#lines.forEach((line, i) => {
      this.#linesByQueue.set(line.queue, line);
      // Planners look at one queue after another, so that logins do not all come in one instant.
      if (line.queue !== undefined) this.#agenda.add(midnightMs + i * 7000, { kind: 'planning', line });
      this.#expectArrival(midnightMs, line);
    });
  }

  /** Lives through everything up to `untilMs`, each thing at its own moment. */
  runTo(untilMs: number, tell: (happening: Happening) => void): void {
    this.#tell = tell;
    for (let atMs = this.#agenda.nextMs; atMs <= untilMs; atMs = this.#agenda.nextMs) {
      this.#live(this.#agenda.take() as Plan, atMs);
    }
  }

  /** From now on agents come only from those who have worked today. */
  stopHiring(): void {
    this.#hiring = false;
  }

  /**
   * Lives through what is due at `nowMs`, as if it came about at that moment, and stops once `limit` things have been
   * told of; the rest comes late, at the next step.
   */
  step(nowMs: number, limit: number, tell: (happening: Happening) => void): void {
    let told = 0;
    this.#tell = (happening) => {
      told++;
      tell(happening);
    };
    while (told < limit && this.#agenda.nextMs <= nowMs) this.#live(this.#agenda.take() as Plan, nowMs);
  }

  /** Takes in a visit that began before and is still going on. */
  admit(arrivedMs: number, endMs: number): Stay {
    const stay = this.#createStay(undefined, arrivedMs);
    this.#agenda.add(endMs, { kind: 'end', stay });
    return stay;
  }

  /** Gives the sessions that are open, and all that come, numbers from `from` on. */
  numberFrom(from: number): void {
    this.#staySerial = from;
    for (const stay of this.open) stay.serial = this.#staySerial++;
  }

  /** A number for a session that was over before the centre could know of it. */
  nextSerial(): number {
    return this.#staySerial++;
  }

  /** Someone who is logged in at `nowMs`; undefined when whoever was drawn is about to be replaced. */
  drawLogin(random: Random, nowMs: number): Login | undefined {
    const { online } = this.#lines[random.below(this.#lines.length)] as Line;
    const login = online[random.below(online.length)];
    return login !== undefined && login.untilMs > nowMs ? login : undefined;
  }

  #live(plan: Plan, atMs: number): void {
    switch (plan.kind) {
      case 'arrival':
        this.#arrive(plan.line, atMs);
        break;
      case 'planning':
        this.#plan(atMs, atMs + PLANNING_MS, plan.line);
        break;
      case 'patience':
        if (plan.stay.answeredMs === undefined) this.#close(plan.stay, atMs, 'left');
        break;
      case 'end':
        this.#end(plan.stay, atMs);
        break;
    }
  }

  #createStay(queue: Queue | undefined, atMs: number): Stay {
    const stay: Stay = {
      serial: this.#staySerial++,
      queue,
      arrivedMs: atMs,
      answeredMs: undefined,
      endedMs: undefined,
      login: undefined,
      recordId: undefined,
      eventCount: 1,
      place: this.open.length,
    };
    this.open.push(stay);
    return stay;
  }

  #expectArrival(atMs: number, line: Line): void {
    const known = line.arrivals[line.arrivalsUsed++];
    if (known !== undefined) {
      this.#agenda.add(this.#midnightMs + known, { kind: 'arrival', line });
      return;
    }
    const fromMs = Math.max(atMs, this.#midnightMs + line.knownUntilMs);
    const rate = arrivalRateAt(line.curve, fromMs - this.#midnightMs);
    if (rate > 0) this.#agenda.add(fromMs + this.#random.exponential(1 / rate), { kind: 'arrival', line });
  }

  #arrive(line: Line, atMs: number): void {
    const stay = this.#createStay(line.queue, atMs);
    this.#tell({ kind: 'arrived', atMs, stay });
    this.#expectArrival(atMs, line);
    if (line.queue === undefined) {
      this.#agenda.add(atMs + this.#random.logNormal(line.handleMsMean, VISIT_SPREAD), { kind: 'end', stay });
      return;
    }
    line.waiting.push(stay);
    this.#serve(line, atMs);
    if (stay.answeredMs !== undefined) return;
    this.#agenda.add(atMs + this.#random.exponential(line.queue.patienceSeconds * 1000), { kind: 'patience', stay });
  }

  /** Brings those who wait and the seats that are free together, each in order. */
  #serve(line: Line, atMs: number): void {
    while (line.waiting.length > 0) {
      const login = this.#nextFree(line, atMs);
      if (login === undefined) return;
      const stay = line.waiting.shift() as Stay;
      if (stay.endedMs !== undefined) {
        line.free.push(login);
        continue;
      }
      stay.answeredMs = atMs;
      stay.login = login;
      login.engaged++;
      const handleMs = this.#random.logNormal(line.handleMsMean, HANDLE_SPREAD);
      const endMs = Math.ceil(atMs + Math.min(Math.max(handleMs, HANDLE_MS_MIN), HANDLE_MS_MAX));
      const overtime = endMs > login.untilMs;
      if (overtime) login.untilMs = endMs;
      this.#tell({ kind: 'answered', atMs, stay, overtime });
      this.#agenda.add(endMs, { kind: 'end', stay });
    }
  }

  #nextFree(line: Line, atMs: number): Login | undefined {
    for (let login = line.free.shift(); login !== undefined; login = line.free.shift()) {
      if (login.shiftEndsMs > atMs) return login;
    }
    return undefined;
  }

  #end(stay: Stay, atMs: number): void {
    const login = stay.login;
    if (login !== undefined) login.talkMs += atMs - (stay.answeredMs as number);
    this.#close(stay, atMs, 'ended');
    if (login === undefined || login.shiftEndsMs <= atMs) return;
    const line = this.#linesByQueue.get(stay.queue) as Line;
    line.free.push(login);
    this.#serve(line, atMs);
  }

  #close(stay: Stay, atMs: number, kind: 'left' | 'ended'): void {
    stay.endedMs = atMs;
    const last = this.open.pop() as Stay;
    if (last !== stay) {
      this.open[stay.place] = last;
      last.place = stay.place;
    }
    stay.place = -1;
    this.#tell({ kind, atMs, stay });
  }

  #plan(atMs: number, nextMs: number, line: Line): void {
    this.#agenda.add(nextMs, { kind: 'planning', line });
    const queue = line.queue as Queue;
    const isFirst = line.online.length === 0;
    for (const login of line.online) if (login.untilMs <= atMs) line.off.push(login.agent);
    line.online = line.online.filter((login) => login.untilMs > atMs);
    const load = plannedRateAt(line.curve, atMs - this.#midnightMs) * line.handleMsMean;
    const needed = Math.max(1, Math.ceil((load + queue.cover * Math.sqrt(load)) / queue.seats));
    const working = line.online.filter((login) => login.shiftEndsMs > atMs).length;
    for (let missing = needed - working; missing > 0; missing--) {
      const agent = line.off.shift() ?? this.#hire(queue);
      if (agent === undefined) break;
      // The first of a day would otherwise all go together.
      const minutes = this.#random.between(isFirst ? 10 : 60, 150);
      this.#logIn(line, agent, atMs, atMs + Math.floor(minutes * MINUTE_MS));
    }
    this.#serve(line, atMs);
  }

  #hire(queue: Queue): Agent | undefined {
    if (!this.#hiring) return undefined;
    const agent = { serial: this.agents.length, queue };
    this.agents.push(agent);
    return agent;
  }

  #logIn(line: Line, agent: Agent, atMs: number, shiftEndsMs: number): void {
    const serial = this.#loginSerial++;
    const login: Login = {
      serial,
      agent,
      fromMs: atMs,
      shiftEndsMs,
      untilMs: shiftEndsMs,
      engaged: 0,
      talkMs: 0,
      recordId: undefined,
    };
    line.online.push(login);
    for (let seat = 0; seat < (line.queue as Queue).seats; seat++) line.free.push(login);
    this.#tell({ kind: 'logged-in', atMs, login });
  }
}
