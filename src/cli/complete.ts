import type { Catalog } from './catalog.ts';
import { type ArgumentKind, COMMANDS, type CommandEntry, commandNamed } from './command-list.ts';
import { type Choices, completeQuery } from './complete/complete-query.ts';

export interface Completion {
  /** Where what a candidate takes the place of begins; it ends at the cursor. */
  readonly from: number;
  readonly candidates: readonly string[];
}

const FORMATS = ['table', 'csv', 'json'];
const FILE_FORMATS = ['csv', 'json', 'ndjson'];

/** Keywords follow the case of what has been typed of them; names have their own. */
function likeTyped(keyword: string, typed: string): string {
  return /[a-z]/.test(typed) ? keyword.toLowerCase() : keyword;
}

function pick({ from, names, keywords }: Choices, text: string, cursor: number): Completion {
  const typed = text.slice(from, cursor);
  const lower = typed.toLowerCase();
  const fits = (word: string) => word.toLowerCase().startsWith(lower);
  const candidates = [...names.filter(fits).sort(), ...keywords.filter(fits).map((word) => likeTyped(word, typed))];
  return { from, candidates: [...new Set(candidates)] };
}

function argumentNames(kind: ArgumentKind | undefined, command: string, catalog: Catalog): readonly string[] {
  if (kind === 'object') return catalog.names;
  if (kind !== 'format') return [];
  return command === 'export' ? FILE_FORMATS : FORMATS;
}

function completeCommand(text: string, begins: number, cursor: number, catalog: Catalog): Completion {
  const typed = text.slice(begins, cursor);
  const [, word = '', blank = ''] = /^\\(\S*)(\s*)/.exec(typed) ?? [];
  if (blank === '') {
    const names = COMMANDS.map(({ name }) => `\\${name}`);
    return pick({ from: begins, names, keywords: [] }, text, cursor);
  }
  const name = commandNamed(word);
  const entry: CommandEntry | undefined = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) return { from: cursor, candidates: [] };
  const argumentsAt = begins + 1 + word.length + blank.length;
  if (entry.takes[0] === 'query') {
    const found = completeQuery(text.slice(argumentsAt), cursor - argumentsAt, catalog);
    return pick({ ...found, from: found.from + argumentsAt }, text, cursor);
  }
  const given = text.slice(argumentsAt, cursor).split(/\s+/);
  const kind = entry.takes[given.length - 1];
  const from = cursor - (given.at(-1) as string).length;
  return pick({ from, names: argumentNames(kind, entry.name, catalog), keywords: [] }, text, cursor);
}

/** What may be typed at `cursor` of a statement, all of whose lines are `text`. */
export function complete(text: string, cursor: number, catalog: Catalog): Completion {
  const begins = text.length - text.trimStart().length;
  if (text[begins] === '\\' && cursor > begins) return completeCommand(text, begins, cursor, catalog);
  return pick(completeQuery(text, cursor, catalog), text, cursor);
}
