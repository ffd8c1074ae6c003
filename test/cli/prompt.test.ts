import { expect, test } from 'vitest';
import { openTerminal } from './open-terminal.ts';

test('x', async () => {
  const t = openTerminal();
  await t.until('sojourn> ');
  await t.type('select  from live\t');
  expect(await t.until('x')).toBe('');
});
