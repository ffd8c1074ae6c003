import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextState, SYNC_EVENTS, SYNC_STATES } from '../../src/replication/sync-machine.ts';

/** The table of docs/sync.md: the cells of each event, by state. */
function readTable(): { states: string[]; rows: Map<string, string[]> } {
  const text = readFileSync(new URL('../../docs/sync.md', import.meta.url), 'utf8');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const from = lines.findIndex((line) => cells(line)[0] === 'event');
  const rows = lines.slice(from + 2).map((line) => [cells(line)[0] as string, cells(line).slice(1)] as const);
  return { states: cells(lines[from] as string).slice(1), rows: new Map(rows) };
}

describe('the states of a sync', () => {
  const { states, rows } = readTable();

  it('are those of the page, each with every event', () => {
    expect(states).toEqual([...SYNC_STATES]);
    expect([...rows.keys()]).toEqual([...SYNC_EVENTS]);
  });

  for (const [place, state] of SYNC_STATES.entries())
    it.each(SYNC_EVENTS.map((event) => [event, rows.get(event)?.[place]]))(
      `${state}: %s leads to %s`,
      (event, written) => {
        expect(nextState(state, event)).toBe(written === '-' ? state : written);
      },
    );

  it('end in closed, from each, and for good', () => {
    for (const state of SYNC_STATES) expect(nextState(state, 'close')).toBe('closed');
    for (const event of SYNC_EVENTS) expect(nextState('closed', event)).toBe('closed');
  });
});
