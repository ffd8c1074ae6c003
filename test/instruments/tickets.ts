import { salesforce } from '../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment, createNumbers } from './fake-environment.ts';
import type { OracleField, PlainRow, Tables } from './soql-oracle.ts';

const Ticket = defineObject({
  name: 'Ticket__c',
  fields: {
    Title__c: { type: 'string' },
    Size__c: { type: 'int' },
    Score__c: { type: 'double' },
    Open__c: { type: 'boolean' },
    Day__c: { type: 'date' },
    At__c: { type: 'dateTime' },
    Owner__c: { type: 'reference', referenceTo: ['User', 'Group'], relationshipName: 'Owner__r' },
    Agent__c: { type: 'reference', referenceTo: ['User'], relationshipName: 'Agent__r' },
    Parent__c: { type: 'reference', referenceTo: ['Ticket__c'], relationshipName: 'Parent__r' },
  },
});

export const TITLES = ['ada', 'Ada', 'b', 'ab', 'ba', "o'a"];
const DAYS = ['2024-12-31', '2025-01-01', '2025-06-01', '2026-01-12'];
export const MOMENTS = DAYS.flatMap((day) => [`${day}T00:00:00.000Z`, `${day}T23:59:59.000Z`]);

const own = (path: string, kind: OracleField['kind'], values: OracleField['values']): OracleField => ({
  path,
  kind,
  values,
  read: (row) => row[path],
});

function parentOf(row: PlainRow | undefined, reference: string, table: string, tables: Tables): PlainRow | undefined {
  return row === undefined ? undefined : tables[table]?.find(({ Id }) => Id === row[reference]);
}

const OWN: readonly OracleField[] = [
  own('Title__c', 'text', TITLES),
  own('Size__c', 'number', [0, 1, 2, 3]),
  own('Score__c', 'number', [-1.5, 0, 0.5]),
  own('Open__c', 'boolean', [true, false]),
  own('Day__c', 'date', DAYS),
  own('At__c', 'dateTime', MOMENTS),
];
const PARENTS: readonly OracleField[] = [
  {
    path: 'Agent__r.LastName',
    kind: 'text',
    values: TITLES,
    read: (row, tables) => parentOf(row, 'Agent__c', 'User', tables)?.LastName,
  },
  {
    path: 'Agent__r.IsActive',
    kind: 'boolean',
    values: [true, false],
    read: (row, tables) => parentOf(row, 'Agent__c', 'User', tables)?.IsActive,
  },
  {
    path: 'Parent__r.Size__c',
    kind: 'number',
    values: [0, 1, 2],
    read: (row, tables) => parentOf(row, 'Parent__c', 'Ticket__c', tables)?.Size__c,
  },
  {
    path: 'Parent__r.Agent__r.LastName',
    kind: 'text',
    values: TITLES,
    read: (row, tables) =>
      parentOf(parentOf(row, 'Parent__c', 'Ticket__c', tables), 'Agent__c', 'User', tables)?.LastName,
  },
  {
    path: 'Parent__r.At__c',
    kind: 'dateTime',
    values: MOMENTS,
    read: (row, tables) => parentOf(row, 'Parent__c', 'Ticket__c', tables)?.At__c,
  },
];
/** What conditions ask of a ticket: its own fields and those of its parents. */
export const TICKET_FIELDS: readonly OracleField[] = [...OWN, ...PARENTS];

/** A database of random tickets, and its records as plain rows. */
export async function openTickets(seed: number, count: number, indexed: boolean) {
  const numbers = createNumbers(seed);
  const pick = <T>(values: readonly T[]) => values[numbers() % values.length] as T;
  const orNull = <T>(value: T) => (numbers() % 4 === 0 ? null : value);
  const indexes = indexed ? { Ticket__c: ['Size__c', 'Agent__c', ['Title__c', 'At__c'], 'Parent__c'] } : {};
  const env = createFakeEnvironment();
  const db = await openDatabase({
    name: 'tickets',
    objects: [...salesforce, Ticket] as const,
    env,
    autoIndex: false,
    indexes: indexes as object,
  });
  const users = await db.User.create(
    ['ada', 'Ada', 'b', 'ba'].map((LastName, i) => ({
      Username: `${i}@example.com`,
      LastName,
      Email: `${i}@example.com`,
      Alias: `u${i}`,
      IsActive: i % 2 === 0,
    })),
  );
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = await db.Ticket__c.create({
      Title__c: orNull(pick(TITLES)),
      Size__c: orNull(numbers() % 4),
      Score__c: orNull(pick([-1.5, 0, 0.5, 2])),
      Open__c: orNull(numbers() % 2 === 0),
      Day__c: orNull(pick(DAYS)),
      At__c: orNull(pick(MOMENTS)),
      Owner__c: orNull(pick(users).id),
      Agent__c: orNull(pick(users).id),
      Parent__c: ids.length === 0 ? null : orNull(pick(ids)),
    });
    ids.push(id as string);
  }
  // A parent in the recycle bin is as good as none.
  const gone = ids[1];
  if (gone !== undefined && seed % 2 === 0) await db.Ticket__c.delete(gone);
  const tables: Tables = { User: db.User.find(), Ticket__c: db.Ticket__c.find() };
  return {
    db,
    env,
    ids,
    users: users.map(({ id }) => id as string),
    tables,
    rows: tables.Ticket__c as readonly PlainRow[],
  };
}
