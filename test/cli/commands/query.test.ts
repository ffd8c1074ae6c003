import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { plain } from '../../../src/board/line.ts';
import { runSearch } from '../../../src/cli/commands/query.ts';
import type { Format } from '../../../src/cli/format.ts';
import { Output } from '../../../src/cli/output.ts';
import type { Session } from '../../../src/cli/session.ts';

const found = [
  { attributes: { type: 'User', url: '/u/1' }, Id: '1', Name: 'Anna' },
  { attributes: { type: 'Case', url: '/c/2' }, Id: '2', Owner: { Name: 'Anna' } },
  { attributes: { type: 'User', url: '/u/3' }, Id: '3', Name: 'Hannah' },
];

async function search(format: Format, searchRecords: typeof found) {
  const stream = new PassThrough();
  const asked: string[] = [];
  const session: Partial<Session> = {
    out: new Output(stream, async () => {}),
    settings: { format, rowsMax: 200 },
    search: async (text) => {
      asked.push(text);
      return { searchRecords };
    },
    paint: plain,
    width: () => 80,
    elapsed: () => 0,
    isInteractive: true,
    isTerminal: true,
  };
  await runSearch(session as Session, 'FIND {ann*}');
  expect(asked).toEqual(['FIND {ann*}']);
  return String(stream.read());
}

test('what a search finds is shown as a table for each object', async () => {
  expect(await search('table', found)).toBe(
    'User\nId  Name\n──  ──────\n1   Anna\n3   Hannah\n2 rows, 0.0 ms\nCase\nId  Owner.Name\n──  ──────────\n2   Anna\n1 row, 0.0 ms\n',
  );
});

test('or that there is nothing', async () => {
  expect(await search('table', [])).toBe('0 rows, 0.0 ms\n');
});

test('as CSV the object of each row comes first', async () => {
  expect(await search('csv', found)).toBe('type,Id,Name,Owner.Name\nUser,1,Anna,\nCase,2,,Anna\nUser,3,Hannah,\n');
});

test('as JSON the records are as they were found', async () => {
  expect(JSON.parse(await search('json', found))).toEqual(found);
});
