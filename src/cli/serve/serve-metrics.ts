import type { LoggedRequest } from './request-log.ts';

/** Upper bounds of the histogram, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Latency {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** What is read at the moment that is asked for it. */
export interface Gauges {
  readonly pulled: number;
  readonly pushed: number;
  readonly streams: number;
  /** Undefined while the storage does not say. */
  readonly sequence: number | undefined;
  readonly uptimeSeconds: number;
  readonly residentBytes: number;
  /** Seconds by which the event loop came late since this was last read. */
  readonly loopDelay: { readonly half: number; readonly most: number };
}

function family(name: string, type: string, help: string, lines: readonly string[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.map((line) => `${name}${line}\n`).join('')}`;
}

/** Counts requests, and tells all figures in Prometheus' text format 0.0.4. */
export class ServeMetrics {
  readonly #byStatus = new Map<string, number>();
  readonly #byRoute = new Map<string, Latency>();

  count({ route, status, ms }: LoggedRequest): void {
    // Routes are a fixed few, so that nobody's requests can make these grow.
    const key = `{route="${route}",status="${status}"}`;
    this.#byStatus.set(key, (this.#byStatus.get(key) ?? 0) + 1);
    let latency = this.#byRoute.get(route);
    if (latency === undefined) {
      latency = { counts: BOUNDS.map(() => 0), sum: 0, count: 0 };
      this.#byRoute.set(route, latency);
    }
    const seconds = ms / 1000;
    for (const [i, bound] of BOUNDS.entries()) if (seconds <= bound) latency.counts[i] = (latency.counts[i] ?? 0) + 1;
    latency.sum += seconds;
    latency.count++;
  }

  render({ pulled, pushed, streams, sequence, uptimeSeconds, residentBytes, loopDelay }: Gauges): string {
    const requests = [...this.#byStatus].map(([labels, count]) => `${labels} ${count}`);
    const seconds = [...this.#byRoute].flatMap(([route, { counts, sum, count }]) => [
      ...BOUNDS.map((bound, i) => `_bucket{route="${route}",le="${bound}"} ${counts[i]}`),
      `_bucket{route="${route}",le="+Inf"} ${count}`,
      `_sum{route="${route}"} ${sum}`,
      `_count{route="${route}"} ${count}`,
    ]);
    const delays = [`{quantile="0.5"} ${loopDelay.half}`, `{quantile="0.99"} ${loopDelay.most}`];
    return [
      family('sojourn_requests_total', 'counter', 'Requests answered.', requests),
      family('sojourn_request_duration_seconds', 'histogram', 'Until an answer began.', seconds),
      family('sojourn_rows_pulled_total', 'counter', 'Records given in pages.', [` ${pulled}`]),
      family('sojourn_rows_pushed_total', 'counter', 'Rows of pushes.', [` ${pushed}`]),
      family('sojourn_streams_open', 'gauge', 'Open streams.', [` ${streams}`]),
      sequence === undefined
        ? ''
        : family('sojourn_sequence', 'counter', 'The sequence of the last commit.', [` ${sequence}`]),
      family('sojourn_storage_up', 'gauge', 'Whether the storage answers.', [` ${sequence === undefined ? 0 : 1}`]),
      family('sojourn_uptime_seconds', 'gauge', 'Since it began to listen.', [` ${uptimeSeconds}`]),
      family(
        'nodejs_eventloop_delay_seconds',
        'gauge',
        'How late the event loop came, since this was last read.',
        delays,
      ),
      family('process_resident_memory_bytes', 'gauge', 'Resident memory.', [` ${residentBytes}`]),
    ].join('');
  }
}
