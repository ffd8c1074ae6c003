import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTerminal } from './open-terminal.ts';

const PROMPT = 'sojourn> ';

async function openPrompt(request: Parameters<typeof openTerminal>[0] = {}) {
  const shell = openTerminal(request);
  await shell.until(PROMPT);
  return shell;
}

test('a statement is run when it ends, over as many lines as it takes', async () => {
  const shell = await openPrompt();
  await shell.type('SELECT Alias\r');
  await shell.until('     ..> ');
  await shell.type('FROM User;\r');
  expect(await shell.until('0 rows')).not.toContain('Alias\n');
  await shell.until(PROMPT);
  await shell.type('\\q\r');
  expect(await shell.ended).toBe(0);
});

test('an error is shown, and the shell goes on', async () => {
  const shell = await openPrompt();
  await shell.type('SELECT Nme FROM User;\r');
  expect(await shell.until(PROMPT)).toContain('INVALID_FIELD:\nSELECT Nme FROM User\n       ^\n');
  await shell.type('exit\r');
  expect(await shell.ended).toBe(0);
  expect(shell.errors()).toBe('');
});

test('Tab completes what is typed, before FROM too', async () => {
  const shell = await openPrompt();
  await shell.type('select  from liveagentsessionh\tlimit 1;');
  for (let left = 0; left < ' from LiveAgentSessionHistory limit 1;'.length; left++) await shell.type('\x1b[D');
  await shell.type('oldv\t\r');
  expect(await shell.until('0 rows')).toContain('select OldValue from LiveAgentSessionHistory limit 1;');
  await shell.type('\x04');
  expect(await shell.ended).toBe(0);
});

test('a whole word that Tab completes at the end of the line gets a blank behind it', async () => {
  const shell = await openPrompt();
  for (const [typed, completed] of [
    ['SELECT COUNT_D\tId) n fr\tgro\twh\tTyp\t= 5;', 'SELECT COUNT_DISTINCT(Id) n from Group where Type = 5;'],
    ["SELECT Id FROM Group WHERE Type = 'Que\t LIMIT 1;", "SELECT Id FROM Group WHERE Type = 'Queue' LIMIT 1;"],
    ['SELECT Id\rFRO\tgro\t;', 'SELECT Id FROM Group;'],
    ['\\exp\x15\\hist\t', '\\history'],
  ] as const) {
    await shell.type(`${typed}\r\\history\r`);
    await shell.until(`  ${completed}\n`);
  }
  await shell.type('\\q\r');
  await shell.ended;
});

test('pasted text stays where the cursor stands, and a tab in it is a blank', async () => {
  const shell = await openPrompt();
  await shell.type('SELECT Id  User;\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D');
  shell.input.write('\tFROM');
  await shell.type('\r');
  expect(await shell.until('0 rows')).toContain('SELECT Id  FROM User;');
  await shell.type('\\q\r');
  await shell.ended;
});

test('pasted lines stand behind the prompts that typed ones would have had', async () => {
  const shell = await openPrompt();
  shell.input.write('SELECT Id\rFROM User;\r');
  expect(await shell.until('0 rows')).toMatch(/SELECT Id\r\n[^\n]* {5}\.\.> [^\n]*FROM User;\r\n0 rows$/);
  await shell.type('\\q\r');
  await shell.ended;
});

test('what was run is there again, in this shell and the next, a statement a line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prompt-'));
  const path = join(folder, 'history');
  const first = await openPrompt({ variables: { SOJOURN_HISTORY: path } });
  await first.type('SELECT Id\rFROM User;\r');
  await first.until('0 rows');
  await first.until(PROMPT);
  await first.type('\x1b[A');
  expect(await first.until('FROM User;')).toContain('SELECT Id FROM User;');
  await first.type('\r');
  await first.until('0 rows');
  await first.type('\\q\r');
  await first.ended;
  expect(readFileSync(path, 'utf8')).toBe('SELECT Id FROM User;\n\\q\n');
  const second = await openPrompt({ variables: { SOJOURN_HISTORY: path } });
  await second.type('\x1b[A\x1b[A');
  await second.until('SELECT Id FROM User;');
  await second.type('\r\\history\r');
  expect(await second.until('\\history\n')).toContain('1  SELECT Id FROM User;\n2  \\q\n');
  await second.type('\\q\r');
  await second.ended;
  rmSync(folder, { recursive: true });
});

test('Ctrl-C drops what is typed, and twice on an empty line ends the shell', async () => {
  const shell = await openPrompt();
  await shell.type('SELECT nonsense\rmore\x03');
  await shell.until(`^C`);
  await shell.type('SELECT COUNT() FROM User;\r');
  expect(await shell.until('1 row')).toContain('COUNT()');
  await shell.until(PROMPT);
  await shell.type('\x03');
  await shell.until('Ctrl-C again');
  await shell.type('\x03');
  expect(await shell.ended).toBe(0);
});

test('live queries speak above the line being typed, which stays', async () => {
  const shell = await openPrompt();
  await shell.type('\\live SELECT Name, Type FROM Group\r');
  expect(await shell.until(PROMPT)).toContain('live as [1]; \\stop 1 ends it\n');
  const create = '\\create Group {"Name": "Desk", "Type": "Queue"}\r';
  await shell.type(create);
  expect(await shell.until(PROMPT)).toMatch(/created Group \w{18}\n {6}Name +Type\n {6}─+ +─+\n\[1\] \+ Desk +Queue\n/);
  await shell.type('\\live\r');
  expect(await shell.until(PROMPT)).toContain('[1] 1 row: SELECT Name, Type FROM Group\n');
  await shell.type('\\q\r');
  expect(await shell.ended).toBe(0);
});

test('news that come while a line is typed are put above it', async () => {
  const shell = await openPrompt({ args: ['--day', '--sessions', '500', '--rate', '100'] });
  await shell.type('\\live SELECT Name, SystemModstamp FROM LiveAgentSession ORDER BY Name\r');
  await shell.until('live as [1]');
  await shell.until(PROMPT);
  await shell.type('\\stop');
  const shown = await shell.until('[1] ~ ');
  const redrawn = await shell.until(`${PROMPT}\\stop`);
  // The line being typed is wiped, and drawn anew below.
  expect(shown + redrawn).toContain('\x1b[0J[1] ~ ');
  expect(redrawn).toMatch(/^\d{8} +2026-03-05T14:/);
  await shell.type('\r');
  await shell.until('1 live query stopped');
  await shell.type('\\q\r');
  expect(await shell.ended).toBe(0);
});

test('only the first rows of a large result are shown', async () => {
  const shell = await openPrompt({ args: ['--day', '--sessions', '500'] });
  await shell.type('\\rows 3\rSELECT Id FROM GenesysSession;\r');
  expect(await shell.until('shows more')).toMatch(/the first 3 of \d+ rows, [\d.]+ ms; \\rows N/);
  await shell.type('\\q\r');
  await shell.ended;
});

test('what is described is counted by its name, and names of objects are whole', async () => {
  const shell = await openPrompt();
  await shell.type('\\d\r');
  expect(await shell.until(' objects\n')).toMatch(/^LiveAgentSessionOwnerSharingRule .*… +\d+ +0$/m);
  await shell.type('\\d User\r');
  expect(await shell.until(' fields\n')).not.toContain('rows');
  await shell.type('\\d LiveAgentSession\r');
  await shell.until('\n2 children\n');
  await shell.type('\\layout User\r');
  await shell.until(' fields\n');
  await shell.type('\\q\r');
  await shell.ended;
});

test('words without a backslash are understood', async () => {
  const shell = await openPrompt();
  await shell.type('help;\r');
  await shell.until('Tab completes');
  await shell.type('Quit;\r');
  expect(await shell.ended).toBe(0);
});

test('the end of the input runs what was typed last', async () => {
  const shell = await openPrompt();
  await shell.type('SELECT COUNT() FROM User\r');
  shell.input.end();
  expect(await shell.ended).toBe(0);
  expect(shell.output()).toContain('1 row');
});

test('colours are left out where NO_COLOR asks for it', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const colours = /\x1b\[[\d;]*m/;
  for (const [NO_COLOR, isColoured] of [
    ['1', false],
    ['', true],
  ] as const) {
    const shell = await openPrompt({ variables: { NO_COLOR } });
    await shell.type('SELECT COUNT() FROM User;\r');
    expect(colours.test(await shell.until('1 row'))).toBe(isColoured);
    await shell.type('\\q\r');
    await shell.ended;
  }
});
