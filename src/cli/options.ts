import { parseArgs } from 'node:util';
import { type Bounds, Mistake, readFlagsWith, readWholeNumber } from '../board/flags.ts';
import { BOARD_NUMBERS } from '../board/options.ts';
import { FORMATS, type Format, isFormat } from './format.ts';
import { readServe, type ServeOptions } from './serve/serve-options.ts';

export interface DayOptions {
  readonly sessions: number;
  readonly seed: number;
  /** Changes a second. */
  readonly rate: number;
}

export interface ShellOptions {
  /** A file or folder of records to begin with. */
  readonly path: string | undefined;
  /** Whose records a file has that is not named for them. */
  readonly object: string | undefined;
  /** Undefined: no day is made. */
  readonly day: DayOptions | undefined;
  /** Statements to run instead of those of the input. */
  readonly commands: readonly string[] | undefined;
  readonly format: Format;
  /** How long to stay open after the input's end, where nobody sits before it. */
  readonly seconds: number;
}

export type Command =
  | { readonly kind: 'shell'; readonly options: ShellOptions }
  | { readonly kind: 'doctor'; readonly path: string }
  | { readonly kind: 'serve'; readonly options: ServeOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'serve-help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'mistake'; readonly message: string };

export const HELP = `An engine in memory for the session records of contact centres, and a shell to ask it in SOQL.

  sojourn shell [path]         a shell over the records of a file or folder
  sojourn shell --day          a shell over a generated day of a contact centre
  sojourn doctor path          are the databases kept there whole, and how long does a write take?
                               SOJOURN_KEY has the passphrase of those that are encrypted
  sojourn serve                a server of syncs; sojourn serve --help has its flags

Files are named for their object: LiveAgentSession.ndjson, .jsonl, .json or .csv, or LiveAgentSession.march.csv.

  --object Name      whose records a file has that is named otherwise
  --day              make up a day of sessions, as npm start shows it
  --sessions N       how many, 100 to 1,000,000 (120,000)
  --seed N           another seed makes another day (1)
  --rate N           live traffic of N changes a second, 0 to 50,000 (0)
  -c, --command S    run statement S and end; may be given more than once
  --format F         how rows are shown: table, csv or json (table)
  --seconds N        without a terminal: stay open so long after the input's end
  --version          the version
  -h, --help         this text

In the shell, \\? lists the commands. Without a terminal, statements are read from the input and the first that fails
ends the shell with exit code 1. SOJOURN_HISTORY names the file of the history (~/.sojourn_history); empty, there is none.`;

const RATE = { lower: 0, upper: BOARD_NUMBERS.rate.upper, standard: 0 } as const satisfies Bounds;

function readFlags(args: readonly string[]) {
  return readFlagsWith(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        object: { type: 'string' },
        day: { type: 'boolean' },
        sessions: { type: 'string' },
        seed: { type: 'string' },
        rate: { type: 'string' },
        command: { type: 'string', short: 'c', multiple: true },
        format: { type: 'string' },
        seconds: { type: 'string' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  );
}

type Flags = ReturnType<typeof readFlags>['values'];

function readNumber(name: string, text: string | undefined, bounds: Bounds): number {
  return text === undefined ? bounds.standard : readWholeNumber(name, text, bounds);
}

function readDay(flags: Flags): DayOptions | undefined {
  const { sessions, seed, rate } = flags;
  if (flags.day === true)
    return {
      sessions: readNumber('sessions', sessions, BOARD_NUMBERS.sessions),
      seed: readNumber('seed', seed, BOARD_NUMBERS.seed),
      rate: readNumber('rate', rate, RATE),
    };
  for (const [name, value] of Object.entries({ sessions, seed, rate }))
    if (value !== undefined) throw new Mistake(`--${name} is for a day made with --day`);
  return undefined;
}

function readOptions(flags: Flags, paths: readonly string[]): ShellOptions {
  const [path, ...others] = paths;
  if (others.length > 0) throw new Mistake(`Unexpected argument '${others[0]}'`);
  const { object, format = 'table', command, seconds } = flags;
  if (object !== undefined && path === undefined) throw new Mistake('--object is for a file, and none is named');
  if (!isFormat(format)) throw new Mistake(`--format takes one of ${FORMATS.join(', ')}`);
  return {
    path,
    object,
    day: readDay(flags),
    commands: command,
    format,
    seconds: readNumber('seconds', seconds, BOARD_NUMBERS.seconds),
  };
}

function readDoctor(flags: Flags, [path, ...others]: readonly string[]): Command {
  if (path === undefined) throw new Mistake('doctor takes the folder of a database, or one that holds some');
  if (others.length > 0) throw new Mistake(`Unexpected argument '${others[0]}'`);
  const [flag] = Object.keys(flags);
  if (flag !== undefined) throw new Mistake(`--${flag} is for the shell`);
  return { kind: 'doctor', path };
}

/** What the words after `sojourn` ask for. */
export function parseCommand(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
): Command {
  try {
    if (args[0] === 'serve') {
      const options = readServe(args.slice(1), variables);
      return options === undefined ? { kind: 'serve-help' } : { kind: 'serve', options };
    }
    const { values, positionals } = readFlags(args);
    if (values.help === true) return { kind: 'help' };
    if (values.version === true) return { kind: 'version' };
    const [name, ...paths] = positionals;
    if (name === undefined) throw new Mistake("sojourn takes a command, which is 'shell', 'doctor' or 'serve'");
    if (name === 'doctor') return readDoctor(values, paths);
    if (name !== 'shell') throw new Mistake(`There is no command '${name}'`);
    return { kind: 'shell', options: readOptions(values, paths) };
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'mistake', message: error.message };
    throw error;
  }
}
