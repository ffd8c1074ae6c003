import { expect, test } from 'vitest';
import { faultOf } from '../../../src/cli/serve/fault-of.ts';
import { RequestLog } from '../../../src/cli/serve/request-log.ts';

function open(isHuman: boolean) {
  const lines: string[] = [];
  return { lines, log: new RequestLog({ write: (line) => lines.push(line), now: () => 0, isHuman }) };
}

test('an error of a request is one line of JSON with its class and its code, whatever it says', () => {
  const { lines, log } = open(false);
  log.failure('POST /push', faultOf(new TypeError('of Jane Doe')));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      time: '1970-01-01T00:00:00.000Z',
      level: 'error',
      event: 'failed',
      route: 'POST /push',
      error: 'TypeError',
      code: 'UNKNOWN',
    },
  ]);
  expect(lines.join('')).toMatch(/^[^\n]+\n$/);
});

test('a person reads the same', () => {
  const { lines, log } = open(true);
  log.failure('POST /push', faultOf(Object.assign(new RangeError('of Jane Doe'), { code: 'E_FULL' })));
  expect(lines).toEqual([expect.stringMatching(/^\S+ error: POST \/push: RangeError E_FULL\n$/)]);
});

test.each([
  ['nothing', undefined],
  ['a text', 'of Jane Doe'],
  ['an object of no class', Object.create(null)],
  ['a code and a class that are sentences', { code: 'of Jane Doe', constructor: { name: 'of Jane Doe' } }],
])('%s says nothing of what it holds', (_, error) => {
  expect(JSON.stringify(faultOf(error))).not.toContain('Jane');
});
