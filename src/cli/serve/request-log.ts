import { formatTime } from '../../board/words.ts';
import type { Fault } from './fault-of.ts';

/** What is told of a request: never what was in it. */
export interface LoggedRequest {
  readonly id: string;
  /** Without names and checkpoints, such as `POST /push`. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Until the answer began. */
  readonly ms: number;
  readonly rows: number;
}

type Level = 'info' | 'warn' | 'error';

export interface LogRequest {
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** For a person at a terminal rather than a program. */
  readonly isHuman: boolean;
}

function levelOf(status: number): Level {
  return status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
}

/** One line a request, and one for each thing that happens to the server. */
export class RequestLog {
  readonly #to: LogRequest;

  constructor(to: LogRequest) {
    this.#to = to;
  }

  request({ id, route, method, status, ms, rows }: LoggedRequest): void {
    const { isHuman, now, write } = this.#to;
    const rounded = Math.round(ms * 10) / 10;
    const level = levelOf(status);
    if (isHuman) {
      const count = rows === 0 ? '' : `, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
      write(`${formatTime(now())} ${status} ${route}, ${rounded} ms${count} (${id})\n`);
      return;
    }
    const time = new Date(now()).toISOString();
    write(`${JSON.stringify({ time, level, route, method, status, ms: rounded, rows, requestId: id })}\n`);
  }

  /** What went wrong in the course of a request. */
  failure(route: string, { error, code }: Fault): void {
    const { isHuman, now, write } = this.#to;
    if (isHuman) write(`${formatTime(now())} error: ${route}: ${error} ${code}\n`);
    else
      write(
        `${JSON.stringify({ time: new Date(now()).toISOString(), level: 'error', event: 'failed', route, error, code })}\n`,
      );
  }

  /** `message` is for people; it holds nothing of a record either. */
  event(level: Level, event: string, message: string): void {
    const { isHuman, now, write } = this.#to;
    if (isHuman) write(`${formatTime(now())} ${level === 'info' ? '' : `${level}: `}${message}\n`);
    else write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, event, message })}\n`);
  }
}
