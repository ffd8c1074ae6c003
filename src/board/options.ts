import { parseArgs } from 'node:util';
import { type Bounds, Mistake, readFlagsWith, readWholeNumber } from './flags.ts';

export interface BoardOptions {
  readonly once: boolean;
  /** One database, with no server and no other side. */
  readonly alone: boolean;
  /** The port of the server; 0 for any that is free. */
  readonly port: number;
  readonly sessions: number;
  /** Changes a second. */
  readonly rate: number;
  readonly seed: number;
  /** The folder in which the day is kept; in memory alone when undefined. */
  readonly data: string | undefined;
  /** Undefined: until stopped on a terminal, 10 without one. */
  readonly seconds: number | undefined;
}

export type Command =
  | { readonly kind: 'run'; readonly options: BoardOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string };

export const HELP = `A live wallboard of a contact centre, fed by live queries over a database in memory, and a second one that
shows the same: both databases sync through a server in this process, over HTTP. Take either offline and see them part, and agree.

  npm start                    the board, until q or Ctrl-C
  npm start -- --once          one frame of plain text, once both sides agree

  o, p              take side A, side B offline, and bring it back
  e                 edit a case by hand on each side that is offline, else at A
  b                 show the board of the other side

  --once            print one frame and end
  --alone           one database, with no server and no other side
  --port N          where the server listens on this machine, 0 for any that is free (0)
  --sessions N      sessions of the day so far, 100 to 1,000,000 (120,000)
  --rate N          changes a second while it runs, 1 to 50,000 (500)
  --seed N          another seed makes another day (1)
  --data FOLDER     keep the day on disk, and go on with it the next time
  --seconds N       end after so many seconds (without a terminal 10)
  --help            this text

Colour is left out when NO_COLOR is set. Without a terminal a plain line is printed every second.`;

export const BOARD_NUMBERS = {
  sessions: { lower: 100, upper: 1_000_000, standard: 120_000 },
  rate: { lower: 1, upper: 50_000, standard: 500 },
  seed: { lower: 0, upper: 4_294_967_295, standard: 1 },
  port: { lower: 0, upper: 65_535, standard: 0 },
  seconds: { lower: 1, upper: 86_400, standard: 0 },
} as const satisfies Record<string, Bounds>;

function readNumber(name: keyof typeof BOARD_NUMBERS, text: string | undefined): number {
  return text === undefined ? BOARD_NUMBERS[name].standard : readWholeNumber(name, text, BOARD_NUMBERS[name]);
}

function readFlags(args: readonly string[]) {
  return readFlagsWith(() =>
    parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean' },
        alone: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        sessions: { type: 'string' },
        rate: { type: 'string' },
        seed: { type: 'string' },
        seconds: { type: 'string' },
      },
    }),
  ).values;
}

function readFolder(text: string | undefined): string | undefined {
  if (text === '') throw new Mistake('--data takes a folder');
  return text;
}

/** What the words after `npm start --` ask for. */
export function parseCommand(args: readonly string[]): Command {
  try {
    const flags = readFlags(args);
    if (flags.help === true) return { kind: 'help' };
    if (flags.alone === true && flags.port !== undefined)
      throw new Mistake('--port is of the server, and alone there is none');
    const options = {
      once: flags.once === true,
      alone: flags.alone === true,
      port: readNumber('port', flags.port),
      data: readFolder(flags.data),
      sessions: readNumber('sessions', flags.sessions),
      rate: readNumber('rate', flags.rate),
      seed: readNumber('seed', flags.seed),
      seconds: flags.seconds === undefined ? undefined : readNumber('seconds', flags.seconds),
    };
    return { kind: 'run', options };
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'mistake', message: error.message };
    throw error;
  }
}
