import { expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { collectionOf } from '../instruments/any-database.ts';
import { idOf, USER } from '../instruments/session-database.ts';

const Node = defineObject({
  name: 'Node__c',
  id: { kind: 'salesforce', prefix: 'a0N' },
  fields: {
    Name: { type: 'string' },
    Turn__c: { type: 'int' },
    Up__c: { type: 'reference', referenceTo: ['Node__c'], relationshipName: 'Up__r' },
    Over__c: { type: 'reference', referenceTo: ['Node__c'], relationshipName: 'Over__r' },
  },
});
const Note = defineObject({
  name: 'Note__c',
  id: { kind: 'salesforce', prefix: 'a0M' },
  fields: { Node__c: { type: 'reference', referenceTo: ['Node__c'], relationshipName: 'Node__r' } },
});

interface Live {
  getSnapshot(): readonly Record<string, unknown>[];
  setWindow(offset: unknown, limit: unknown): void;
}

async function openNodes() {
  const opened = await openDatabase({ name: 'nodes', objects: [Node, Note], user: USER });
  const db = opened as never as { live(text: string): Live; query(text: string): { readonly records: unknown[] } };
  return { db, nodes: collectionOf(opened as never, 'Node__c') };
}

test('a change reaches what looks three parents up, though it is met earlier by a longer way', async () => {
  const { nodes, db } = await openNodes();
  const make = async (record: Readonly<Record<string, unknown>>) => idOf(await nodes.create(record));
  const top = await make({ Name: 'top' });
  let above = top;
  for (const Name of ['first', 'second', 'third']) above = await make({ Name, Up__c: above });
  const both = await make({ Name: 'both', Up__c: above, Over__c: top });
  const below = await make({ Name: 'below', Up__c: both });
  await make({ Name: 'lowest', Up__c: below });
  const text = "SELECT Name FROM Node__c WHERE Up__r.Up__r.Over__r.Name = 'new'";
  const lowest = db.live(text);
  await nodes.update({ Id: top, Name: 'new' });
  expect(lowest.getSnapshot()).toEqual([{ Name: 'lowest' }]);
  expect(db.query(text).records).toEqual(lowest.getSnapshot());
});

test.each([
  'SELECT Name FROM Node__c ORDER BY Turn__c LIMIT 3 OFFSET 1',
  'SELECT Name FROM Node__c WHERE Id NOT IN (SELECT Node__c FROM Note__c) ORDER BY Turn__c LIMIT 3 OFFSET 1',
  'SELECT Name, Up__r.Name FROM Node__c ORDER BY Turn__c LIMIT 3 OFFSET 1 ALL ROWS',
  'SELECT Name, COUNT(Id) n FROM Node__c GROUP BY Name ORDER BY Name LIMIT 3 OFFSET 1',
  'SELECT Name, Up__r.Name up, COUNT(Id) n FROM Node__c GROUP BY Up__r.Name, Name ORDER BY Name LIMIT 3 OFFSET 1',
])('a window moves over all that fits: %s', async (text) => {
  const { nodes, db } = await openNodes();
  await nodes.create(Array.from({ length: 10 }, (_, at) => ({ Name: `n${at}`, Turn__c: at })));
  const list = db.live(text);
  const names = () => list.getSnapshot().map(({ Name }) => Name);
  expect(names()).toEqual(['n1', 'n2', 'n3']);
  list.setWindow(2, 5);
  expect(names()).toEqual(['n2', 'n3', 'n4', 'n5', 'n6']);
  for (const [offset, limit] of [
    [-1, 4],
    [0.5, 3],
    [0, Number.NaN],
    ['0', '2'],
  ])
    expect(() => list.setWindow(offset, limit)).toThrow(expect.objectContaining({ code: 'MALFORMED_QUERY' }));
  expect(names()).toHaveLength(5);
});
