import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Runs the built program. */
async function sojourn(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, SOJOURN_HISTORY: '' } });
  child.stdin.end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { output, errors, code };
}

const DAY = ['shell', '--day', '--sessions', '500'];
const QUERY = 'SELECT Name, Agent.LastName FROM LiveAgentSession ORDER BY Name LIMIT 3;\n';

test('the built program answers a pipe, in each format', async () => {
  const [table, csv, json] = await Promise.all(
    ['table', 'csv', 'json'].map((format) => sojourn([...DAY, '--format', format], QUERY)),
  );
  expect(table?.output).toMatch(/^Name +Agent\.LastName\n─+ +─+\n00000001\n(\d+ +\w+\n){2}$/);
  const records = JSON.parse(json?.output ?? '') as { Name: string; Agent: { LastName: string } | null }[];
  const { data } = Papa.parse<Record<string, string>>(csv?.output ?? '', { header: true, skipEmptyLines: true });
  expect(data).toEqual(records.map(({ Name, Agent }) => ({ Name, 'Agent.LastName': Agent?.LastName ?? '' })));
  expect([table?.code, csv?.code, json?.code]).toEqual([0, 0, 0]);
});

test('a failed statement ends it with 1, a mistaken flag with 2', async () => {
  const [failed, mistaken, helped] = await Promise.all([
    sojourn(['shell'], 'SELECT Nme FROM User; SELECT Id FROM User;'),
    sojourn(['shell', '--fast']),
    sojourn(['--help']),
  ]);
  expect([failed.code, failed.output]).toEqual([1, '']);
  expect(failed.errors).toMatch(/^INVALID_FIELD:\nSELECT Nme FROM User\n/);
  expect([mistaken.code, mistaken.output]).toEqual([2, '']);
  expect(mistaken.errors).toMatch(/^Unknown option '--fast'.*\n$/);
  expect([helped.code, helped.output.split('\n')[2]]).toEqual([
    0,
    '  sojourn shell [path]         a shell over the records of a file or folder',
  ]);
});

test('a reader that has seen enough ends it quietly', async () => {
  const child = spawn(process.execPath, [main, ...DAY, '--format', 'csv'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end('SELECT Id FROM GenesysSession;\n'.repeat(500));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([code, errors]).toEqual([0, '']);
});
