import { COMMANDS, type CommandName, commandMeant, commandNamed } from './command-list.ts';
import { d, layout } from './commands/describe.ts';
import { live, stop } from './commands/live.ts';
import { all, explain, runQuery, runSearch } from './commands/query.ts';
import { format, help, history, rate, rows } from './commands/settings.ts';
import { exportTo, importPath } from './commands/transfer.ts';
import { create, remove, undelete, update } from './commands/write.ts';
import { scanTokens } from './complete/scan-tokens.ts';
import { nearest } from './nearest.ts';
import type { Session } from './session.ts';
import { ShellError } from './shell-error.ts';
import type { Statement } from './split-statements.ts';

type Run = (session: Session, given: string) => Promise<void>;

const RUNS: Readonly<Record<Exclude<CommandName, 'q'>, Run>> = {
  d,
  layout,
  explain,
  all,
  live,
  stop,
  create,
  update,
  delete: remove,
  undelete,
  import: importPath,
  export: exportTo,
  format,
  rows,
  rate,
  history,
  help,
};

function unknownCommand(name: string): ShellError {
  const near = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  return new ShellError(
    `there is no command \\${name}; ${near === undefined ? '' : `did you mean \\${near}? `}\\? lists them`,
  );
}

async function runCommand(session: Session, text: string): Promise<boolean> {
  const [, name = '', given = ''] = /^\\([^\s;]*)([\s\S]*)$/.exec(text) ?? [];
  const command = commandNamed(name);
  if (command === undefined) throw unknownCommand(name);
  if (command === 'q') return false;
  await RUNS[command](session, given);
  return true;
}

/** Runs one statement. Returns whether the shell goes on. */
export async function runStatement(session: Session, { kind, text }: Statement): Promise<boolean> {
  if (kind === 'command') return runCommand(session, text);
  if (commandMeant(text) !== undefined)
    throw new ShellError('commands begin with a backslash: \\? lists them, \\q ends the shell');
  await (scanTokens(text)[0]?.word === 'FIND' ? runSearch(session, text) : runQuery(session, text));
  return true;
}
