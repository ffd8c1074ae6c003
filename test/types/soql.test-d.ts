import { expectTypeOf, test } from 'vitest';
import { salesforce } from '../../src/collections/catalog.ts';
import { openDatabase, type SoqlRow } from '../../src/index.ts';
import { soql } from '../../src/soql/soql-tag.ts';

const db = await openDatabase({ name: 'types', objects: salesforce });

test('rows of a known text have the fields that it lists', () => {
  const rows = db.query('SELECT Id, Name, TimeIdle FROM LiveAgentSession WHERE TimeIdle > 5 LIMIT 3').records;
  expectTypeOf(rows).toEqualTypeOf<
    readonly { readonly Id: string; readonly Name: string; readonly TimeIdle: number | null }[]
  >();
  const live = db.live(`
    SELECT AgentId,
           LoginTime
    FROM LiveAgentSession
    ORDER BY LoginTime`);
  expectTypeOf(live.getSnapshot()).toEqualTypeOf<readonly { readonly AgentId: string; readonly LoginTime: string }[]>();
});

test('rows of any other text have any columns', () => {
  const text: string = 'SELECT Id FROM User';
  expectTypeOf(db.query(text).records).toEqualTypeOf<readonly SoqlRow[]>();
  expectTypeOf(db.query('select Id from User').records).toEqualTypeOf<readonly SoqlRow[]>();
  expectTypeOf(db.query('SELECT Owner.Name FROM LiveAgentSession').records).toEqualTypeOf<readonly SoqlRow[]>();
  expectTypeOf(db.query('SELECT COUNT(Id) n FROM LiveAgentSession').records).toEqualTypeOf<readonly SoqlRow[]>();
  expectTypeOf(db.query('SELECT Id FROM Nope').records).toEqualTypeOf<readonly SoqlRow[]>();
  expectTypeOf(db.query(soql`SELECT Id FROM User WHERE Alias = ${'x'}`).records).toEqualTypeOf<readonly SoqlRow[]>();
  // @ts-expect-error a query is a text
  db.query(5);
  // @ts-expect-error there is no such option
  db.query('SELECT Id FROM User', { limit: 5 });
});

test('subtotals promise no field, the REST form gives attributes, and long lists compile', () => {
  expectTypeOf(db.query('SELECT AgentId FROM LiveAgentSession GROUP BY ROLLUP(AgentId)').records).toEqualTypeOf<
    readonly SoqlRow[]
  >();
  const [row] = db.query('SELECT Id FROM LiveAgentSession', { form: 'rest' }).records;
  expectTypeOf(row?.attributes.type).toEqualTypeOf<string | undefined>();
  expectTypeOf(row?.Id).toEqualTypeOf<string | undefined>();
  const many =
    'SELECT Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Id, Name FROM LiveAgentSession';
  expectTypeOf(db.query(many).records[0]?.Name).toEqualTypeOf<string | undefined>();
});

test('rows can be given a type where their text tells none', () => {
  interface Told {
    readonly Name: string;
    readonly Agent: { readonly Alias: string } | null;
  }
  const text = 'SELECT Name, Agent.Alias FROM LiveAgentSession';
  expectTypeOf(db.query<Told>(text).records).toEqualTypeOf<readonly Told[]>();
  expectTypeOf(db.queryAll<Told>(text).records).toEqualTypeOf<readonly Told[]>();
  expectTypeOf(db.live<Told>(text).getSnapshot()).toEqualTypeOf<readonly Told[]>();
});
