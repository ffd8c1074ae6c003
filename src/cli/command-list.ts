/** What a command takes, place by place; the last place of some takes the rest of the line. */
export type ArgumentKind = 'object' | 'query' | 'format' | 'path' | 'id' | 'json' | 'number';

export interface CommandEntry {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  readonly takes: readonly ArgumentKind[];
}

/** Every backslash command, in the order in which help shows them. */
export const COMMANDS = [
  { name: 'd', usage: '\\d [Object]', about: 'the objects, or one with its fields and children', takes: ['object'] },
  { name: 'layout', usage: '\\layout Object', about: 'how its fields are laid out for people', takes: ['object'] },
  { name: 'explain', usage: '\\explain query', about: 'how a query finds its records', takes: ['query'] },
  { name: 'all', usage: '\\all query', about: 'a query that sees the recycle bin too', takes: ['query'] },
  { name: 'live', usage: '\\live [query]', about: 'a result and what becomes of it; those open', takes: ['query'] },
  { name: 'stop', usage: '\\stop [n]', about: 'ends one live query, or all', takes: ['number'] },
  { name: 'create', usage: '\\create Object {json}', about: 'creates a record', takes: ['object', 'json'] },
  {
    name: 'update',
    usage: '\\update Object {json}',
    about: 'changes the record of the id in it',
    takes: ['object', 'json'],
  },
  { name: 'delete', usage: '\\delete Object id', about: 'puts a record in the recycle bin', takes: ['object', 'id'] },
  { name: 'undelete', usage: '\\undelete Object id', about: 'brings it back', takes: ['object', 'id'] },
  { name: 'import', usage: '\\import path [Object]', about: 'takes in a file or folder', takes: ['path', 'object'] },
  {
    name: 'export',
    usage: '\\export Object path [csv|json|ndjson]',
    about: 'writes all its records to a file',
    takes: ['object', 'path', 'format'],
  },
  { name: 'format', usage: '\\format [table|csv|json]', about: 'how rows are shown', takes: ['format'] },
  { name: 'rows', usage: '\\rows [N]', about: 'how many rows of a table are shown at most', takes: ['number'] },
  { name: 'rate', usage: '\\rate [N]', about: 'live traffic, in changes a second (--day)', takes: ['number'] },
  { name: 'history', usage: '\\history', about: 'what has been run', takes: [] },
  { name: 'help', usage: '\\? or \\help', about: 'this text', takes: [] },
  { name: 'q', usage: '\\q', about: 'ends the shell', takes: [] },
] as const satisfies readonly CommandEntry[];

export type CommandName = (typeof COMMANDS)[number]['name'];

const OTHER_NAMES: Readonly<Record<string, CommandName>> = { '?': 'help', quit: 'q', exit: 'q' };

/** What is said without a backslash by those who come from other shells. */
const BARE_WORDS: ReadonlyMap<string, string> = new Map([
  ['exit', '\\q'],
  ['quit', '\\q'],
  ['help', '\\?'],
]);

/** The command, with its backslash, that is meant by a text which is one word without any. */
export function commandMeant(text: string): string | undefined {
  const word = text.trim().replace(/\s*;$/, '');
  return BARE_WORDS.get(word.toLowerCase());
}

/** The command of a name as typed, without its backslash. */
export function commandNamed(name: string): CommandName | undefined {
  const lower = name.toLowerCase();
  return OTHER_NAMES[lower] ?? COMMANDS.find((command) => command.name === lower)?.name;
}
