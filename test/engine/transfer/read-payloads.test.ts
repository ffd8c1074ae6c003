import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defineObject } from '../../../src/engine/definition/define-object.ts';
import { cut, JOURNEY, readAll, VISIT } from './sample-objects.ts';

function payload(name: string): Buffer {
  return readFileSync(new URL(`../../instruments/payloads/${name}.json`, import.meta.url));
}

const PROXY = defineObject({
  name: 'ProxySession',
  system: 'minimal',
  roles: { id: 'sid' },
  id: { kind: 'sid', prefix: 'KC' },
  listKeys: ['sessions'],
  fields: { sid: { type: 'id' } },
});

/** The payload as it is, in small chunks, and parsed: all three must read alike. */
async function readThrice(name: string, definition: typeof VISIT | typeof PROXY | typeof JOURNEY) {
  const bytes = payload(name);
  const whole = await readAll(bytes, { definition });
  expect(await readAll(cut(new Uint8Array(bytes), 13), { definition })).toEqual(whole);
  expect(await readAll(JSON.parse(bytes.toString('utf8')), { definition })).toEqual(whole);
  return whole;
}

describe('payloads as vendors send them', () => {
  test("the answer to a Salesforce query gives each record's type and no envelopes", async () => {
    const rows = await readThrice('salesforce-query', VISIT);
    expect(rows.map((row) => ('value' in row ? [row.line, row.type, row.value.Id] : row))).toEqual([
      [1, 'LiveAgentSession', '0HK5g0000000001GAA'],
      [2, 'LiveAgentSession', '0HK5g0000000002GAA'],
      [3, 'SOSSession', '0NX5g0000000001GAA'],
    ]);
    for (const row of rows) expect('value' in row && Object.hasOwn(row.value, 'attributes')).toBe(false);
  });

  test('a Genesys session is one record and keeps its attributes', async () => {
    const rows = await readThrice('genesys-session', JOURNEY);
    const session = JSON.parse(payload('genesys-session').toString('utf8'));
    expect(rows).toEqual([{ line: 1, value: session }]);
    expect(session).toHaveProperty('attributes.cartTotal');
  });

  test('a page of Twilio sessions gives its sessions and nothing of the paging', async () => {
    const rows = await readThrice('twilio-sessions-page', PROXY);
    const page = JSON.parse(payload('twilio-sessions-page').toString('utf8'));
    expect(rows).toEqual(page.sessions.map((value: unknown, i: number) => ({ line: i + 1, value })));
    expect(rows).toHaveLength(3);
  });
});
