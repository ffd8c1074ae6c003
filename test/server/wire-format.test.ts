import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import {
  hello,
  PROTOCOL,
  pullAnswer,
  pullHeader,
  pullLine,
  pullMark,
  pullRequest,
  pushAnswer,
  pushRequest,
  streamDocuments,
  WIRE_LIMITS,
  wireError,
} from '../../src/replication/wire.ts';
import { matchRoute } from '../../src/server/route.ts';
import { checkSyncOptions } from '../../src/server/sync-options.ts';
import { captureWireSession } from '../instruments/wire-session.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGE = read('docs/wire-format.md');
const EXAMPLES = new Map(
  [...PAGE.matchAll(/<!-- example: ([\w-]+) -->\n```\w+\n([\s\S]*?)\n```/g)].map(([, name, text]) => [
    name as string,
    text as string,
  ]),
);

/** The rows of the table below a heading, as cells. */
function tableOf(heading: string): string[][] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const dataOf = (events: string) => JSON.parse((events.match(/^data: (.*)$/m) as RegExpMatchArray)[1] as string);
const SCHEMAS: Readonly<Record<string, z.ZodMiniType>> = {
  'hello-answer': hello,
  'pull-request': pullRequest,
  'pull-answer': pullAnswer,
  'changes-answer': pullAnswer,
  'gone-answer': wireError,
  'push-request': pushRequest,
  'push-answer': pushAnswer,
};

describe('the page of the wire format', () => {
  test('shows what a running server was asked and has answered', async () => {
    const captured = await captureWireSession();
    expect(EXAMPLES.size).toBe(13);
    for (const [name, text] of EXAMPLES) expect(text, name).toBe(captured.get(name));
  });

  test.each(Object.entries(SCHEMAS))(
    'has an example %s that the schema takes, with nothing left over',
    (name, schema) => {
      const value: unknown = JSON.parse(EXAMPLES.get(name) as string);
      const parsed = schema.safeParse(value);
      expect(parsed.success).toBe(true);
      if (name !== 'gone-answer') expect(parsed.data).toEqual(value);
    },
  );

  test('has lines and events that the schemas take', () => {
    const [header, ...lines] = (EXAMPLES.get('lines') as string).split('\n').map((line) => JSON.parse(line));
    const { fields, total } = pullHeader.parse(header);
    const mark = pullMark.parse(lines.pop());
    expect(mark.done).toBe(true);
    expect(lines).toHaveLength(total ?? -1);
    for (const line of lines) {
      if (Array.isArray(line)) expect(line).toHaveLength((fields[line[0] as number]?.length ?? 0) + 1);
      else pullLine.parse(line);
    }
    const event = EXAMPLES.get('stream') as string;
    expect(event.startsWith('event: documents\n')).toBe(true);
    expect(streamDocuments.parse(dataOf(event))).toEqual(dataOf(event));
    const { documents, checkpoint } = dataOf(EXAMPLES.get('rxdb-stream') as string);
    expect(EXAMPLES.get('rxdb-stream')).toContain(`id: ${checkpoint.position}\n`);
    for (const document of documents)
      expect(Object.keys(document).filter((field) => field.startsWith('_'))).toEqual(['_deleted']);
  });

  test('names the routes that there are', () => {
    const options = { objects: ['Call'], authorize: () => undefined };
    const rows = tableOf('Routes');
    expect(rows).toHaveLength(7);
    for (const [cell = ''] of rows) {
      const [method = '', path = ''] = cell.replaceAll('`', '').split(' ');
      const url = `https://sync.example${path.replace('{Object}', 'Call')}`;
      expect(matchRoute(options, new Request(url))).toMatchObject({ name: `${method} ${path}`, method });
    }
  });

  test('names each status with its code, and no other', () => {
    const named = tableOf('Status codes').map(([status, code]) => `${status} ${code?.replaceAll('`', '')}`);
    const sources = readdirSync(new URL('../../src/server', import.meta.url)).map((name) => read(`src/server/${name}`));
    const thrown = sources.flatMap((text) => [...text.matchAll(/new SyncFailure\(\s*(\d+),\s*'(\w+)'/g)]);
    expect([...new Set(named)].sort()).toEqual(
      [...new Set(thrown.map(([, status, code]) => `${status} ${code}`))].sort(),
    );
    expect(named).toHaveLength(new Set(named).size);
  });

  test('names the limits and the version that hold', () => {
    const limits = checkSyncOptions({ objects: ['Call'], authorize: () => undefined });
    const { pushRows, pullLimit, bodyBytes, depth, requestsPerMinute, streamsPerUser } = limits;
    const { objects, rows, name } = WIRE_LIMITS;
    expect(tableOf('Limits').map(([, most]) => Number(most?.replaceAll(',', '')))).toEqual([
      objects,
      rows,
      name,
      pushRows,
      pullLimit,
      bodyBytes,
      depth,
      requestsPerMinute,
      streamsPerUser,
    ]);
    expect(PAGE).toContain(`of more than ${(rows * 2).toLocaleString('en')} documents`);
    expect(PAGE).toContain(`\`protocol\` is ${PROTOCOL}.`);
  });
});
