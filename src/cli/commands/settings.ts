import { COMMANDS } from '../command-list.ts';
import { FORMATS, isFormat } from '../format.ts';
import type { Session } from '../session.ts';
import { ShellError } from '../shell-error.ts';
import { countOf, countRows } from '../show-rows.ts';
import { visibleText } from '../visible-text.ts';
import { expectCount, readArguments, readCount } from './read-arguments.ts';

/** The most that is written in a second; the board's own bound. */
const RATE_MAX = 50_000;

export async function format({ settings, note }: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 0, 1, '\\format [table|csv|json]');
  const [wanted] = words;
  if (wanted !== undefined) {
    if (!isFormat(wanted)) throw new ShellError(`the format is one of ${FORMATS.join(', ')}`);
    settings.format = wanted;
  }
  await note(`rows are shown as ${settings.format}\n`);
}

export async function rows({ settings, note }: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 0, 1, '\\rows [N]');
  const [wanted] = words;
  if (wanted !== undefined) settings.rowsMax = readCount(wanted, 'N', { least: 1 });
  await note(`a table shows its first ${settings.rowsMax === 1 ? 'row' : countRows(settings.rowsMax)}\n`);
}

export async function rate({ traffic, note }: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 0, 1, '\\rate [N]');
  if (traffic === undefined) throw new ShellError('there is live traffic only on a day made with --day');
  const [wanted] = words;
  if (wanted !== undefined) traffic.setRate(readCount(wanted, 'N', { most: RATE_MAX }));
  await note(`${countOf(traffic.rate, ['change', 'changes'])} a second\n`);
}

export async function history({ history: { entries }, note }: Session): Promise<void> {
  const width = String(entries.length).length;
  await note(entries.map((entry, i) => `${String(i + 1).padStart(width)}  ${visibleText(entry)}\n`).join(''));
}

export async function help({ note }: Session): Promise<void> {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  const lines = COMMANDS.map(({ usage, about }) => `  ${usage.padEnd(width)}  ${about}\n`);
  await note(
    `A statement is SOQL (SELECT ...) or SOSL (FIND ...). It ends with ; or an empty line.\n\n${lines.join('')}\n` +
      'Tab completes, Ctrl-C drops the line, Ctrl-D ends the shell.\n',
  );
}
