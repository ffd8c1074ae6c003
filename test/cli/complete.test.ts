import { openDatabase } from 'sojourn';
import { genesys, salesforce, twilio } from 'sojourn/collections';
import { describe, expect, test } from 'vitest';
import { Catalog } from '../../src/cli/catalog.ts';
import { complete } from '../../src/cli/complete.ts';

const db = await openDatabase({ name: 'words', objects: [...salesforce, ...genesys, ...twilio] });
const described = [...salesforce, ...genesys, ...twilio].map(({ name }) => db.collection(name).describe());
const catalog = new Catalog(
  described.map(({ name }) => name),
  (name) => described.find((object) => object.name === name) as (typeof described)[number],
);

/** What is offered where `|` stands, and the text that it takes the place of. */
function offered(marked: string) {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, candidates } = complete(text, cursor, catalog);
  return { typed: text.slice(from, cursor), candidates };
}

test.each([
  // Objects.
  ['SELECT Id FROM LiveAgentSessionH|', ['LiveAgentSessionHistory']],
  ['select id from sossessiona|', ['SOSSessionActivity']],
  ['SELECT Id FROM Gro|', ['Group']],
  ['SELECT Id FROM User WHERE Id IN (SELECT AgentId FROM LiveAgentSessionH|', ['LiveAgentSessionHistory']],
  ['FIND {x} RETURNING Cas|', ['Case']],
  ['FIND {a; b} IN ALL FIELDS RETURNING User, Cont|', ['Contact']],
  // Children.
  ['SELECT Id, (SELECT Id FROM |) FROM LiveAgentSession', ['Histories', 'Shares']],
  ['SELECT (SELECT Id FROM Hi|) FROM LiveAgentSession', ['Histories']],
  ['SELECT (SELECT OldV| FROM Histories) FROM LiveAgentSession', ['OldValue']],
  // Fields, before and after FROM.
  ['SELECT ChatReqEn| FROM LiveAgentSession', ['ChatReqEngaged']],
  ['SELECT Id, chatreqen| FROM LiveAgentSession LIMIT 1', ['ChatReqEngaged']],
  ['SELECT s.ChatReqEn| FROM LiveAgentSession s', ['ChatReqEngaged']],
  ['SELECT LiveAgentSession.ChatReqEn| FROM LiveAgentSession', ['ChatReqEngaged']],
  ['SELECT Id FROM LiveAgentSession WHERE LoginT|', ['LoginTime']],
  ["SELECT Id FROM LiveAgentSession WHERE Name = 'x' AND (LogoutT|", ['LogoutTime']],
  ['SELECT Id FROM LiveAgentSession WHERE NOT LogoutT|', ['LogoutTime']],
  ['SELECT Id FROM LiveAgentSession ORDER BY Name, LogoutT|', ['LogoutTime']],
  ['SELECT COUNT(Id) FROM LiveAgentSession GROUP BY TimeInC|', ['TimeInChats']],
  ['SELECT SUM(TimeInC|) FROM LiveAgentSession', ['TimeInChats']],
  ['SELECT Id FROM Group WHERE DeveloperN|', ['DeveloperName']],
  ['FIND {x} RETURNING User(LastNam|', ['LastName']],
  ['SELECT nothing| FROM LiveAgentSession', []],
  ['SELECT x| FROM Nowhere', []],
  // Paths.
  ['SELECT Agent.LastNa| FROM LiveAgentSession', ['LastName']],
  ['SELECT Agent.Manager.LastNa| FROM LiveAgentSession', ['LastName']],
  ['SELECT Owner.DeveloperN| FROM LiveAgentSession', ['DeveloperName']],
  ['SELECT Owner.LastNa| FROM LiveAgentSession', ['LastName']],
  ['SELECT Owner.Typ| FROM LiveAgentSession', ['Type']],
  ['SELECT Nobody.LastNa| FROM LiveAgentSession', []],
  ['SELECT Id FROM LiveAgentSession WHERE agent.lastna|', ['LastName']],
  // Keywords.
  ['|', ['SELECT', 'FIND']],
  ['sel|', ['select']],
  ['SELECT Id F|', ['FROM']],
  ['select id f|', ['from']],
  ['SELECT Id FROM User WH|', ['WHERE']],
  ['SELECT Id FROM User u ORD|', ['ORDER BY']],
  ['SELECT Id FROM User WHERE Name LI|', ['LIKE']],
  ["SELECT Id FROM User WHERE Name = 'x' O|", ['OR', 'ORDER BY', 'OFFSET']],
  ["SELECT Id FROM User WHERE (Name = 'x' |", ['AND', 'OR']],
  ["SELECT Id FROM User WHERE Id IN ('x') GR|", ['GROUP BY']],
  ['SELECT Id FROM User WHERE CreatedDate = TODAY LIM|', ['LIMIT']],
  ['SELECT Id FROM User ORDER |', ['BY']],
  ['SELECT Id FROM User ORDER BY Name de|', ['desc']],
  ['SELECT COUNT(Id) FROM User GROUP BY Name HAV|', ['HAVING']],
  ['SELECT Id FROM User LIMIT 5 OFF|', ['OFFSET']],
  ['SELECT Id FROM User USING |', ['SCOPE']],
  ['SELECT Id FROM User USING SCOPE mi|', ['mine', 'mine_and_my_groups']],
  ['SELECT COUNT_D| FROM User', ['COUNT_DISTINCT(']],
  ['SELECT FIELDS(| FROM User', ['ALL)', 'STANDARD)', 'CUSTOM)']],
  ['FIND {x} RET|', ['RETURNING']],
  ['FIND {x} IN NA|', ['NAME FIELDS']],
  // Values.
  ['SELECT Id FROM LiveAgentSession WHERE LoginTime = TOD|', ['TODAY']],
  ['SELECT Id FROM LiveAgentSession WHERE LoginTime >= last_n_d|', ['last_n_days:']],
  ['SELECT Id FROM User WHERE IsActive = |', ['TRUE', 'FALSE']],
  ['SELECT Id FROM GenesysSession WHERE Name = |', ['NULL']],
  // Commands.
  ['\\exp|', ['\\explain', '\\export']],
  ['\\d LiveAgentSessionH|', ['LiveAgentSessionHistory']],
  ['\\layout sosd|', ['SOSDeployment']],
  ['\\export User users.csv nd|', ['ndjson']],
  ['\\import users.csv Us|', ['User']],
  ['\\format t|', ['table']],
  ['\\live SELECT Id FROM SOSD|', ['SOSDeployment']],
  ['\\explain SELECT Userna| FROM User', ['Username']],
  ['\\nothing Us|', []],
  ['\\history Us|', []],
])('%s', (marked, candidates) => {
  expect(offered(marked).candidates).toEqual(candidates);
});

describe('a picklist', () => {
  const [object, field, value] = findPicklist();

  function findPicklist(): [string, string, string] {
    for (const name of catalog.names)
      for (const { name: fieldName, picklistValues, filterable } of catalog.must(name).fields) {
        const first = picklistValues[0]?.value;
        if (first !== undefined && filterable && first.length > 3) return [name, fieldName, first];
      }
    throw new Error('no object has a picklist');
  }

  test('offers its values in quotes', () => {
    expect(offered(`SELECT Id FROM ${object} WHERE ${field} = |`).candidates).toContain(`'${value}'`);
    expect(offered(`SELECT Id FROM ${object} WHERE ${field} NOT IN ('x', |`).candidates).toContain(`'${value}'`);
  });

  test('offers its values within quotes, and closes them once there is one left', () => {
    const start = `SELECT Id FROM ${object} WHERE ${field}`;
    expect(offered(`${start} = '|`).candidates).toContain(value);
    expect(offered(`${start} = '${value.toLowerCase().slice(0, -1)}|`).candidates).toEqual([`${value}'`]);
    expect(offered(`${start} = '${value.slice(0, -1)}|'`).candidates).toEqual([value]);
    expect(offered(`${start} IN ('x', '${value.slice(0, -1)}|`).candidates).toEqual([`${value}'`]);
  });
});

test('relationships are offered with their dot', () => {
  expect(offered('SELECT Ag| FROM LiveAgentSession').candidates).toEqual(['Agent.', 'AgentId']);
});

test('relationships to objects that the database does not hold are not offered', () => {
  expect(catalog.must('Contact').fields.map(({ relationshipName }) => relationshipName)).toContain('Account');
  expect(offered('SELECT Acc| FROM Contact').candidates).toEqual(['AccountId']);
  for (const name of catalog.names)
    for (const path of offered(`SELECT | FROM ${name}`).candidates.filter((word) => word.endsWith('.'))) {
      const [field] = offered(`SELECT ${path}| FROM ${name}`).candidates.filter((word) => !word.endsWith('.'));
      expect(() => db.query(`SELECT ${path}${field} FROM ${name}`)).not.toThrow();
    }
});

test('only the word at the cursor is taken the place of', () => {
  expect(offered('SELECT Agent.Last|Name FROM LiveAgentSession').typed).toBe('Last');
  expect(offered('SELECT Id FROM Us| WHERE').typed).toBe('Us');
});

test('nothing is offered in a text, a search or a comment', () => {
  expect(offered("SELECT Id FROM User WHERE Name = 'Sel|").candidates).toEqual([]);
  expect(offered('FIND {Sel|').candidates).toEqual([]);
  expect(offered('SELECT Id FROM User // Sel|').candidates).toEqual([]);
});

test('no text, however broken, is too much', () => {
  const text =
    "SELECT Id, (SELECT ) FROM User WHERE ((Name = 'x\\' AND )) GROUP ORDER BY , . } { \\ RETURNING FIND FROM FROM";
  for (let start = 0; start < text.length; start += 7)
    for (let cursor = 0; cursor <= text.length - start; cursor++)
      expect(complete(text.slice(start), cursor, catalog).from).toBeLessThanOrEqual(cursor);
});
