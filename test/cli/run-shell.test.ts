import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTerminal } from './open-terminal.ts';

let folder = '';
const users = ['anna Anders', 'bo \x1b[31mBo'].map((name, i) => {
  const [alias, LastName] = name.split(' ') as [string, string];
  const Username = `${alias}@example.com`;
  return { Id: `0055g00000ABcd${'ef'[i]}AAD`, Name: LastName, LastName, Alias: alias, Username, Email: Username };
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exports-'));
  writeFileSync(join(folder, 'User.ndjson'), users.map((user) => `${JSON.stringify(user)}\n`).join(''));
  writeFileSync(join(folder, 'Group.march.csv'), 'Name,Type,Nonsense\nFirst,Queue,1\nSecond,NotOne,2\n');
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'README.md'), 'words');
  writeFileSync(join(folder, 'people.json'), JSON.stringify(users));
  mkdirSync(join(folder, 'empty'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a shell over `input` without a terminal. */
async function run(args: readonly string[], input = '') {
  const shell = openTerminal({ args, isTerminal: false });
  shell.input.end(input);
  return { code: await shell.ended, output: shell.output(), errors: shell.errors() };
}

describe('statements from a pipe', () => {
  test('are run one after the other', async () => {
    const { code, output } = await run(
      [join(folder, 'User.ndjson')],
      "SELECT Alias, LastName FROM User ORDER BY Alias;\n\nSELECT COUNT() FROM User WHERE Alias = 'bo'",
    );
    expect(code).toBe(0);
    expect(output).toBe('Alias  LastName\n─────  ────────\nanna   Anders\nbo     ␛[31mBo\nCOUNT()\n───────\n      1\n');
  });

  test('end with the first that fails, whose error is shown as it is', async () => {
    const { code, output, errors } = await run(
      [],
      'SELECT COUNT() FROM User;\nSELECT Nme\nFROM User;\nSELECT COUNT() FROM Group',
    );
    expect(code).toBe(1);
    expect(output.match(/COUNT/g)).toHaveLength(1);
    expect(errors).toMatch(/^INVALID_FIELD:\nSELECT Nme\n {7}\^\nERROR at Row:1:Column:8\nNo such column 'Nme'/);
  });

  test('give CSV and JSON that hold nothing but rows', async () => {
    const statements = '\\create Group {"Name":"a, b","Type":"Queue"}\nSELECT Name, Owner.Name FROM Group;';
    const csv = await run(['--format', 'csv'], statements);
    expect(csv.output).toBe('Name,Owner.Name\n"a, b",\n');
    expect(csv.errors).toMatch(/^created Group \w{18}\n$/);
    const json = await run(['--format', 'json'], statements);
    expect(JSON.parse(json.output)).toEqual([{ Name: 'a, b', Owner: null }]);
  });

  test.each(['', ';', ' ;;\n; ', '// nothing'])('that are none (%j) do nothing', async (input) => {
    expect(await run([], input)).toEqual({ code: 0, output: '', errors: '' });
  });

  test('show tables as wide as their rows, and nothing where there are none', async () => {
    const subject = 'long '.repeat(50).trim();
    const { code, output } = await run(
      [],
      `SELECT Id FROM Case;\\create Case {"Subject": "${subject}"}\nSELECT FIELDS(ALL) FROM Case LIMIT 1`,
    );
    const [, head = '', , row = '', ...rest] = output.split('\n');
    expect([code, rest]).toEqual([0, ['']]);
    expect(head).toMatch(/^Id .* Subject /);
    expect(row).toContain(` ${subject} `);
    expect(output).not.toContain('…');
  });

  test('an unfinished quote at the end is an error', async () => {
    const { code, errors } = await run([], "SELECT Id FROM User WHERE Alias = 'x; \\q");
    expect([code, errors]).toEqual([1, expect.stringContaining('a string is not closed')]);
  });

  test('given as -c, the input is left alone', async () => {
    const { code, output } = await run(['--format', 'csv', '-c', 'SELECT Id FROM User', '-c', '\\d User'], 'nonsense;');
    expect([code, output.split('\n')[0]]).toEqual([0, 'Id']);
    expect(output).toContain('Username,string(80)');
  });
});

describe('records to begin with', () => {
  test('come from each file of a folder that is named for an object; what was refused is told', async () => {
    const { code, output, errors } = await run(
      [folder, '--format', 'csv'],
      'SELECT Name FROM Group;SELECT COUNT() FROM User;',
    );
    expect([code, output]).toEqual([0, 'Name\nFirst\nCOUNT()\n2\n']);
    expect(errors).toContain('package.json: passed over, being named for no object');
    expect(errors).toContain('people.json: passed over');
    expect(errors).toContain('1 new in Group, 0 brought up to date');
    expect(errors).toContain('fields that Group does not have: Nonsense (2)');
    expect(errors).toMatch(/1 row refused, the first in line 3: /);
    expect(errors).not.toContain('README');
  });

  test('come from a file of any name, told whose they are', async () => {
    const { output } = await run(
      [join(folder, 'people.json'), '--object', 'user', '--format', 'csv'],
      'SELECT Alias FROM User',
    );
    expect(output).toBe('Alias\nanna\nbo\n');
  });

  test.each([
    [['missing.csv'], 'missing.csv: there is no such file or folder'],
    [['people.json'], 'people.json: is named for no object; there are Case, Contact, '],
    [['people.json', '--object', 'Usr'], 'there is no object Usr; did you mean User?'],
    [['README.md'], 'files end in .ndjson, .jsonl, .json, .csv, unless their object is named'],
    [['empty'], 'no file there is named for an object'],
    [['empty', '--object', 'User'], 'is a folder, whose files are named for their objects'],
    [['README.md', '--object', 'User'], 'UNREADABLE_PAYLOAD'],
  ])('%j cannot be had', async ([name, ...flags], message) => {
    const { code, output, errors } = await run([join(folder, name as string), ...flags], 'SELECT Id FROM User;');
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain(message);
  });

  test.each([
    ['nonexist', ': there is no such file or folder\n'],
    ['broken', '/Case.json: UNREADABLE_PAYLOAD: the payload is not valid JSON\n'],
  ])('a day to which %s cannot be added ends, and nothing goes on', async (name, message) => {
    const path = join(folder, name);
    if (name === 'broken') {
      mkdirSync(path);
      writeFileSync(join(path, 'Case.json'), '{"a');
    }
    const args = ['--day', '--sessions', '100', path, '-c', '\\d User'];
    const shell = openTerminal({ args, isTerminal: false });
    expect([await shell.ended, shell.output(), shell.errors()]).toEqual([1, '', path + message]);
    expect(shell.waits()).toBe(0);
    rmSync(path, { recursive: true, force: true });
  });

  test('are those of the other files where one of a folder cannot be read', async () => {
    const path = mkdtempSync(join(tmpdir(), 'mixed-'));
    writeFileSync(join(path, 'Case.json'), '');
    writeFileSync(join(path, 'Contact.json'), '{"a');
    writeFileSync(join(path, 'User.json'), JSON.stringify(users));
    const query = 'SELECT COUNT() FROM User';
    const given = await run([path, '--format', 'csv', '-c', query]);
    expect([given.code, given.output]).toEqual([0, 'COUNT()\n2\n']);
    const refusal = `${join(path, 'Contact.json')}: UNREADABLE_PAYLOAD: the payload is not valid JSON\n`;
    expect(given.errors).toContain(`\n${refusal}`);
    const imported = await run(['--format', 'csv'], `\\import ${path}\n${query}`);
    expect([imported.code, imported.output]).toEqual([0, given.output]);
    expect(imported.errors).toContain(refusal);
    writeFileSync(join(path, 'User.json'), '[');
    rmSync(join(path, 'Case.json'));
    const none = await run([path], query);
    expect([none.code, none.output]).toEqual([1, '']);
    expect(none.errors).toMatch(/Contact\.json: .*\n.*User\.json: .*\n.*: none of its files can be read\n$/);
    rmSync(path, { recursive: true });
  });

  test.each(['.json', '.csv', '.ndjson', ''])('are none in a %s file of nothing but blanks', async (ending) => {
    const path = join(folder, 'empty', `Case${ending}`);
    for (const text of ['', ' \n\t\n ', '\ufeff\r\n']) {
      writeFileSync(path, text);
      const { code, errors } = await run([path, '--object', 'Case', '-c', 'SELECT Id FROM Case']);
      expect([code, errors]).toEqual([0, `${path}: 0 new in Case, 0 brought up to date\n`]);
    }
    rmSync(path);
  });

  test('a link that leads nowhere is told', async () => {
    const path = join(folder, 'empty', 'User.csv');
    symlinkSync('/nowhere/at/all.csv', path);
    const { code, errors } = await run([join(folder, 'empty')]);
    rmSync(path);
    expect([code, errors]).toEqual([1, `${path}: there is no such file or folder\n`]);
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read is told', async () => {
    const path = join(folder, 'Case.json');
    writeFileSync(path, '[]');
    chmodSync(path, 0);
    const { code, errors } = await run([path]);
    rmSync(path);
    expect([code, errors]).toEqual([1, `${path}: permission denied\n`]);
  });

  test('are a day of the centre, whose clock the queries go by', async () => {
    const { output } = await run(
      ['--day', '--sessions', '500', '--format', 'json'],
      'SELECT COUNT() FROM LiveAgentSession WHERE LoginTime = TODAY;\\rate 5\n\\rate',
    );
    expect((JSON.parse(output) as { 'COUNT()': number }[])[0]?.['COUNT()']).toBeGreaterThan(10);
  });
});

describe('commands', () => {
  test.each([
    ['\\lvie', 'there is no command \\lvie; did you mean \\live?'],
    ['\\xyzzyx', 'there is no command \\xyzzyx; \\? lists them'],
    ['\\d Usr', 'there is no object Usr; did you mean User?'],
    ['\\create', 'usage: \\create Object {json}'],
    ['\\create User {"Alias"}', 'that is not JSON'],
    ['\\create User []', 'a record is a JSON object'],
    ['\\create User {}', 'REQUIRED_FIELD_MISSING: '],
    ['\\update User {"Alias": "x"}', ''],
    ['\\delete User', 'usage: \\delete Object id'],
    ['\\delete User 0055g00000ABcdeAAD', 'INVALID_CROSS_REFERENCE_KEY: '],
    ['\\live SELECT COUNT() FROM User', 'MALFORMED_QUERY:\n'],
    ['\\live SELECT Nme FROM User', 'INVALID_FIELD:\n'],
    ['\\stop 3', 'there is no live query 3'],
    ['\\rate 5', 'only on a day made with --day'],
    ['\\rows many', 'N is a whole number from 1 to'],
    ['\\rows 0', 'N is a whole number from 1 to'],
    ['help', 'commands begin with a backslash: \\? lists them, \\q ends the shell'],
    ['Quit;', 'commands begin with a backslash'],
    ['\\format xml', 'the format is one of table, csv, json'],
    ['\\import', 'usage: \\import path [Object]'],
    ['\\export User /nowhere/at/all.csv', '/nowhere/at/all.csv: there is no such file or folder'],
    ['\\export User x.csv xml', 'a file is written as one of csv, json, ndjson'],
    ['\\export User /nowhere/x.xml', '/nowhere/x.xml: files end in .csv, .json, .ndjson, unless a format is named'],
    ['\\export User /nowhere/csv', '/nowhere/csv: files end in'],
    ['\\export User /dev/null csv', '/dev/null exists\n'],
    ['\\layout LiveAgentSessionHistory', 'METHOD_NOT_ALLOWED: '],
  ])('%s is refused', async (command, message) => {
    const { code, errors } = await run([], command);
    expect(code).toBe(1);
    expect(errors).toContain(message);
  });

  test('write records, bin them and bring them back', async () => {
    const path = join(folder, 'User.ndjson');
    const id = '0055g00000ABcdfAAD';
    const { code, output } = await run(
      [path],
      `\\update User {"Id": "${id}", "LastName": "Berg"}\n\\delete User ${id}\n\\all SELECT LastName FROM User WHERE IsDeleted = TRUE\n` +
        `\\undelete User ${id};\nSELECT COUNT() FROM User;`,
    );
    expect(code).toBe(0);
    expect(output).toContain(
      `updated User ${id}\ndeleted User ${id}; \\undelete brings it back\nLastName\n────────\nBerg\n`,
    );
    expect(output).toContain(`undeleted User ${id}\nCOUNT()\n───────\n      2\n`);
  });

  test('describe what there is', async () => {
    const { output } = await run(
      [],
      '\\d\n\\d liveagentsession\n\\layout LiveAgentSession\n\\explain SELECT Id FROM User LIMIT 1',
    );
    expect(output).toMatch(/^object +label +fields +records$/m);
    expect(output).toContain('LiveAgentSession (Chat Session, ids begin with 0HK)');
    expect(output).toMatch(/^AgentId +reference\(18\) +cufsg---- +Agent -> User$/m);
    expect(output).toMatch(/^Histories +LiveAgentSessionHistory +LiveAgentSessionId +yes$/m);
    expect(output).toContain('Related lists');
    expect(output).toMatch(/^index +none$/m);
  });

  test('say how much traffic there is', async () => {
    const { output } = await run(['--day', '--sessions', '100'], '\\rate 1\n\\rate 2\n\\rate 0');
    expect(output).toBe('1 change a second\n2 changes a second\n0 changes a second\n');
  });

  test('export a file that imports again', async () => {
    const target = join(folder, 'out file.csv');
    const { output } = await run([join(folder, 'User.ndjson')], `\\export User "${target}"\n\\import '${target}' User`);
    expect(output).toContain('2 rows of User');
    expect(output).toContain('0 new in User, 2 brought up to date');
    expect(readFileSync(target, 'utf8')).toContain('anna@example.com');
    const again = await run([], `\\export User "${target}"`);
    expect([again.code, again.errors]).toEqual([1, `${target} exists\n`]);
    expect(readFileSync(target, 'utf8')).toContain('anna@example.com');
  });

  test('show what becomes of a live result', async () => {
    const create = '\\create Group {"Name": "Third", "Type": "Queue"}';
    const { output } = await run([folder], `\\live SELECT Name FROM Group ORDER BY Name\n${create}\n\\stop\n${create}`);
    expect(output.split('\n').slice(3)).toEqual([
      'live as [1]; \\stop 1 ends it',
      expect.stringMatching(/^created Group /),
      '[1] + Third',
      '1 live query stopped',
      expect.stringMatching(/^created Group /),
      '',
    ]);
  });

  test('keep live queries going for as many seconds as are asked for', async () => {
    const { code, output } = await run(
      ['--day', '--sessions', '500', '--rate', '200', '--seconds', '1', '--format', 'json'],
      '\\live SELECT Id FROM SOSSession LIMIT 0\n\\live SELECT Id, SystemModstamp FROM LiveAgentSession',
    );
    expect(code).toBe(0);
    const news = output.split('\n').filter((line) => line.startsWith('{"live":2'));
    expect(news.length).toBeGreaterThan(0);
    expect(JSON.parse(news[0] as string)).toMatchObject({ live: 2, row: { Id: expect.any(String) } });
  });
});
