import { beforeAll, describe, expect, test } from 'vitest';
import { defineObject, EngineError, openDatabase } from '../../src/index.ts';
import { soql } from '../../src/soql/soql-tag.ts';
import { CHAT } from '../instruments/session-database.ts';
import { type CallCentre, openCallCentre } from './call-centre.ts';

let centre: CallCentre;

beforeAll(async () => {
  centre = await openCallCentre();
});

const rowsOf = (text: string, binds = {}) => centre.db.query(text, { binds }).records;
/** Which sessions a condition keeps, by place. */
const sessionsWhere = (condition: string, binds = {}) =>
  rowsOf(`SELECT Id FROM LiveAgentSession WHERE ${condition}`, binds).map(({ Id }) =>
    centre.sessions.indexOf(Id as string),
  );
const callbacksWhere = (condition: string, binds = {}) =>
  rowsOf(`SELECT Name FROM Callback__c WHERE ${condition}`, binds).map(({ Name }) => Name);

function refusal(text: string, options = {}): { code: string; words: string | undefined } {
  try {
    centre.db.query(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    const { code, message } = error as EngineError;
    return { code, words: message.split('\n').at(-1) };
  }
  throw new Error(`answered: ${text}`);
}

describe('SELECT', () => {
  test('gives the fields named, in the spelling of the definition and the order of the text', () => {
    const [row] = rowsOf('select timeidle, NAME from liveagentsession limit 1');
    expect(Object.entries(row ?? {})).toEqual([
      ['TimeIdle', 10],
      ['Name', '00000001'],
    ]);
  });

  test('gives parents as records within, null where there is none', () => {
    expect(rowsOf('SELECT Name, Session__r.Name, Session__r.Agent.LastName FROM Callback__c')).toEqual([
      { Name: 'first', Session__r: { Name: '00000001', Agent: { LastName: 'Lovelace' } } },
      { Name: 'Second', Session__r: { Name: '00000001', Agent: { LastName: 'Lovelace' } } },
      { Name: "it's", Session__r: null },
    ]);
  });

  test('gives of a polymorphic parent its name and type', () => {
    expect(rowsOf('SELECT Owner.Name, Owner.Type FROM LiveAgentSession LIMIT 2')).toEqual([
      { Owner: { Name: 'Ada Lovelace', Type: 'User' } },
      { Owner: { Name: 'Chats', Type: 'Group' } },
    ]);
  });

  test('gives children as results within, null where there are none', () => {
    expect(
      rowsOf('SELECT Name, (SELECT Name FROM Callbacks__r ORDER BY Name DESC LIMIT 1) FROM LiveAgentSession LIMIT 2'),
    ).toEqual([
      { Name: '00000001', Callbacks__r: { totalSize: 1, done: true, records: [{ Name: 'Second' }] } },
      { Name: '00000002', Callbacks__r: null },
    ]);
  });

  test('chooses fields by the type of a parent', () => {
    const text =
      'SELECT TYPEOF Owner WHEN User THEN Username WHEN Group THEN DeveloperName END FROM LiveAgentSession LIMIT 2';
    expect(rowsOf(text)).toEqual([{ Owner: { Username: 'ada@example.com' } }, { Owner: { DeveloperName: 'Chats' } }]);
    expect(rowsOf('SELECT TYPEOF Owner WHEN Group THEN Type ELSE Name END FROM LiveAgentSession LIMIT 1')).toEqual([
      { Owner: { Name: 'Ada Lovelace' } },
    ]);
    expect(
      rowsOf('SELECT TYPEOF Owner WHEN User THEN Alias ELSE Name, Type END FROM LiveAgentSession LIMIT 2'),
    ).toEqual([{ Owner: { Alias: 'ada' } }, { Owner: { Name: 'Chats', Type: 'Group' } }]);
    expect(rowsOf('SELECT TYPEOF Owner WHEN User THEN Alias END FROM LiveAgentSession LIMIT 2')[1]).toEqual({
      Owner: null,
    });
  });

  test('shows as null what ELSE names and the parent at hand has not, if any of them has it', () => {
    const text = 'SELECT TYPEOF Owner WHEN SOSSession THEN Id ELSE Name, Username END FROM LiveAgentSession LIMIT 2';
    expect(refusal(text).words).toBe('Owner does not point to SOSSession');
    expect(
      rowsOf('SELECT TYPEOF Owner WHEN User THEN Alias ELSE Name, Username END FROM LiveAgentSession LIMIT 2'),
    ).toEqual([{ Owner: { Alias: 'ada' } }, { Owner: { Name: 'Chats', Username: null } }]);
    expect(refusal('SELECT TYPEOF Owner WHEN User THEN Id ELSE Nope END FROM LiveAgentSession').code).toBe(
      'INVALID_FIELD',
    );
  });

  test('takes all fields together', () => {
    const [all] = rowsOf('SELECT FIELDS(ALL) FROM Callback__c LIMIT 1');
    expect(Object.keys(all ?? {})).toContain('Topics__c');
    const [custom] = rowsOf('SELECT FIELDS(CUSTOM) FROM Callback__c LIMIT 1');
    expect(Object.keys(custom ?? {}).every((name) => name.endsWith('__c'))).toBe(true);
    const [standard] = rowsOf('SELECT FIELDS(STANDARD) FROM Callback__c');
    expect(Object.keys(standard ?? {})).toContain('Name');
    expect(Object.keys(standard ?? {})).not.toContain('Topics__c');
  });

  test('shows labels and formats', () => {
    expect(rowsOf("SELECT toLabel(Type) FROM Group WHERE Name = 'Chats'")).toEqual([{ Type: 'Queue' }]);
    const [row] = rowsOf('SELECT FORMAT(LoginTime) f, FORMAT(TimeIdle) i FROM LiveAgentSession LIMIT 1');
    expect(row).toEqual({ f: expect.stringMatching(/^1\/10\/26, 8:00.AM$/), i: '10' });
  });

  test('shows formats and labels of what is grouped and computed', () => {
    const text =
      'SELECT FORMAT(MIN(LoginTime)) earliest, FORMAT(SUM(TimeIdle)) FROM LiveAgentSession GROUP BY AgentId LIMIT 1';
    expect(rowsOf(text)).toEqual([{ earliest: expect.stringMatching(/^12\/31\/25, 8:00.AM$/), expr0: '50' }]);
    expect(rowsOf('SELECT toLabel(Type), COUNT(Id) n FROM Group GROUP BY Type')).toEqual([{ Type: 'Queue', n: 1 }]);
    expect(refusal('SELECT FORMAT(TimeIdle) FROM LiveAgentSession GROUP BY AgentId').words).toBe(
      'Field must be grouped or aggregated: TimeIdle',
    );
  });

  test('goes by aliases of the object and of its parents', () => {
    expect(rowsOf("SELECT s.Name, o.Name FROM LiveAgentSession s, s.Owner o WHERE o.Name LIKE 'Ada%'")).toEqual([
      { Name: '00000001', Owner: { Name: 'Ada Lovelace' } },
    ]);
    expect(rowsOf('SELECT LiveAgentSession.Name FROM LiveAgentSession LIMIT 1')).toEqual([{ Name: '00000001' }]);
  });
});

describe('WHERE', () => {
  test('compares numbers, and null with none of them', () => {
    expect(sessionsWhere('TimeIdle = 10')).toEqual([0]);
    expect(sessionsWhere('TimeIdle != 10')).toEqual([1, 2, 3]);
    expect(sessionsWhere('TimeIdle > 10')).toEqual([1, 3]);
    expect(sessionsWhere('TimeIdle <= 20')).toEqual([0, 1]);
    expect(sessionsWhere('TimeIdle = null')).toEqual([2]);
    expect(sessionsWhere('TimeIdle != null')).toEqual([0, 1, 3]);
    expect(callbacksWhere('Score__c >= 0.5 AND Score__c < 2.5')).toEqual(['first']);
  });

  test('compares texts without case, and patterns with escapes', () => {
    expect(callbacksWhere("Name = 'FIRST'")).toEqual(['first']);
    expect(callbacksWhere("Name LIKE '%S%'")).toEqual(['first', 'Second', "it's"]);
    expect(callbacksWhere("Name LIKE 'it\\'_'")).toEqual(["it's"]);
    expect(callbacksWhere("Name LIKE '\\%'")).toEqual([]);
    expect(callbacksWhere("(NOT Name LIKE '%s%')")).toEqual([]);
  });

  test('takes no boolean for null', () => {
    expect(callbacksWhere('Urgent__c = true')).toEqual(['Second']);
    expect(callbacksWhere('Urgent__c = null')).toEqual(callbacksWhere('Urgent__c = false'));
    expect(callbacksWhere('Urgent__c != null')).toEqual(['Second']);
  });

  test('takes an empty text for null', () => {
    expect(callbacksWhere("Session__r.Name = ''")).toEqual(["it's"]);
  });

  test('compares dates and moments, and what they are called', () => {
    expect(callbacksWhere('DueOn__c = 2026-01-12')).toEqual(['first']);
    expect(callbacksWhere('DueOn__c = TODAY')).toEqual(['first']);
    expect(callbacksWhere('DueOn__c > TODAY')).toEqual(['Second']);
    expect(callbacksWhere('DueOn__c = NEXT_WEEK')).toEqual(['Second']);
    expect(callbacksWhere('DueOn__c IN (TODAY, NEXT_WEEK)')).toEqual(['first', 'Second']);
    expect(callbacksWhere('DueOn__c != TODAY')).toEqual(['Second', "it's"]);
    expect(sessionsWhere('LoginTime = TODAY')).toEqual([2]);
    expect(sessionsWhere('LoginTime < TODAY')).toEqual([0, 1, 3]);
    expect(sessionsWhere('LoginTime >= YESTERDAY')).toEqual([1, 2]);
    expect(sessionsWhere('LoginTime <= YESTERDAY')).toEqual([0, 1, 3]);
    expect(sessionsWhere('LoginTime > YESTERDAY')).toEqual([2]);
    expect(sessionsWhere('LoginTime = LAST_N_DAYS:1')).toEqual([1, 2]);
    expect(sessionsWhere('LoginTime != THIS_MONTH')).toEqual([3]);
    expect(sessionsWhere('LoginTime = LAST_YEAR')).toEqual([3]);
    expect(sessionsWhere('LoginTime NOT IN (TODAY, YESTERDAY)')).toEqual([0, 3]);
    expect(sessionsWhere('LoginTime >= 2026-01-11T09:00:00+01:00')).toEqual([1, 2]);
  });

  test('compares parts of dates', () => {
    expect(sessionsWhere('CALENDAR_YEAR(LoginTime) = 2025')).toEqual([3]);
    expect(sessionsWhere('DAY_IN_WEEK(LoginTime) IN (1, 2)')).toEqual([1, 2]);
    expect(sessionsWhere('HOUR_IN_DAY(LoginTime) != 8')).toEqual([]);
    expect(sessionsWhere('DAY_ONLY(LoginTime) = 2026-01-11')).toEqual([1]);
    expect(sessionsWhere('DAY_ONLY(LoginTime) >= YESTERDAY')).toEqual([1, 2]);
    expect(callbacksWhere('CALENDAR_MONTH(Session__r.LoginTime) = 1')).toEqual(['first', 'Second']);
    expect(callbacksWhere('DAY_IN_MONTH(DueOn__c) > 12')).toEqual(['Second']);
  });

  test('follows parents, and takes a missing one for one of nulls', () => {
    expect(callbacksWhere("Session__r.Agent.LastName = 'lovelace'")).toEqual(['first', 'Second']);
    expect(callbacksWhere("Session__r.Agent.LastName != 'lovelace'")).toEqual(["it's"]);
    expect(callbacksWhere('Session__r.TimeIdle = null')).toEqual(["it's"]);
    expect(callbacksWhere('Session__r.TimeIdle < 100')).toEqual(['first', 'Second']);
    expect(callbacksWhere('Session__r.Agent.IsActive = false')).toEqual(["it's"]);
    expect(callbacksWhere("Session__r.Name NOT IN ('00000001')")).toEqual(["it's"]);
    expect(callbacksWhere("Score__c = 2.5 OR Session__r.Name = '00000001'")).toEqual(['first', 'Second', "it's"]);
    expect(sessionsWhere("Owner.Type = 'Group'")).toEqual([1, 3]);
    expect(sessionsWhere("Owner.Name LIKE 'b%'")).toEqual([2]);
    expect(sessionsWhere("Owner.DeveloperName = 'Chats'")).toEqual([1, 3]);
    expect(sessionsWhere('Owner.DeveloperName = null')).toEqual([0, 2]);
  });

  test('compares ids of 15 and 18 characters', () => {
    const { ada } = centre;
    expect(sessionsWhere(`AgentId = '${ada}'`)).toEqual([0, 3]);
    expect(sessionsWhere(`AgentId IN ('${ada.slice(0, 15)}')`)).toEqual([0, 3]);
  });

  test('picks of several values', () => {
    expect(callbacksWhere("Topics__c INCLUDES ('chat')")).toEqual(['first', "it's"]);
    expect(callbacksWhere("Topics__c INCLUDES ('chat;voice', 'sms')")).toEqual(['first', 'Second']);
    expect(callbacksWhere("Topics__c EXCLUDES ('chat')")).toEqual(['Second']);
  });

  test('joins by ids', () => {
    expect(
      rowsOf('SELECT Alias FROM User WHERE Id IN (SELECT AgentId FROM LiveAgentSession WHERE TimeIdle > 30)'),
    ).toEqual([{ Alias: 'ada' }]);
    expect(sessionsWhere('Id NOT IN (SELECT Session__c FROM Callback__c)')).toEqual([1, 2, 3]);
    expect(sessionsWhere('AgentId IN (SELECT Id FROM User WHERE IsActive = false) AND TimeIdle = 20')).toEqual([1]);
  });

  test('takes binds for values and lists', () => {
    const { ada, bob } = centre;
    expect(sessionsWhere('AgentId = :agent', { agent: ada })).toEqual([0, 3]);
    expect(sessionsWhere('AgentId IN :agents', { agents: [ada, bob] })).toEqual([0, 1, 2, 3]);
    expect(sessionsWhere('AgentId NOT IN :agents', { agents: new Set([ada]) })).toEqual([1, 2]);
    expect(sessionsWhere('LoginTime > :moment', { moment: new Date('2026-01-11T12:00:00Z') })).toEqual([2]);
    expect(sessionsWhere('TimeIdle IN (10, :n)', { n: 20 })).toEqual([0, 1]);
  });
});

describe('lists given for binds', () => {
  test('hold null as a list in the text does, beyond a parent too', () => {
    expect(callbacksWhere('Session__r.TimeIdle IN :x', { x: [null] })).toEqual(
      callbacksWhere('Session__r.TimeIdle IN (null)'),
    );
    expect(callbacksWhere('Session__r.TimeIdle NOT IN :x', { x: new Set([null, 20]) })).toEqual(
      callbacksWhere('Session__r.TimeIdle NOT IN (null, 20)'),
    );
    expect(callbacksWhere('Urgent__c IN :x', { x: [false] })).toEqual(['first', "it's"]);
    expect(callbacksWhere('Urgent__c NOT IN :x', { x: [false] })).toEqual(['Second']);
    expect(sessionsWhere('Owner.Type IN :x', { x: new Set(['group']) })).toEqual([1, 3]);
  });

  test('serve date functions and HAVING', () => {
    expect(sessionsWhere('CALENDAR_YEAR(LoginTime) IN :x', { x: [2025, 2024] })).toEqual([3]);
    expect(sessionsWhere('DAY_ONLY(LoginTime) = :x', { x: '2026-01-11' })).toEqual([1]);
    expect(sessionsWhere('DAY_ONLY(LoginTime) IN :x', { x: [new Date('2026-01-11T20:00:00Z')] })).toEqual([1]);
    const grouped = 'SELECT NumFlagRaised n FROM LiveAgentSession GROUP BY NumFlagRaised HAVING COUNT(Id) IN :x';
    expect(rowsOf(grouped, { x: new Set([2]) })).toEqual([{ n: 1 }]);
    expect(rowsOf('SELECT AgentId FROM LiveAgentSession GROUP BY AgentId HAVING MAX(LoginTime) IN (TODAY)')).toEqual([
      { AgentId: centre.bob },
    ]);
  });
});

describe('a tagged template', () => {
  test('is read as it is written, and takes no value within quotes', () => {
    const value = 'ada';
    expect(soql`A = ${value} AND B = 'C:\\x' AND C LIKE '10\%'`.soql).toBe(
      "A = :0 AND B = 'C:\\\\x' AND C LIKE '10\\%'",
    );
    expect(() => soql`SELECT Id FROM User WHERE Alias = '${value}'`).toThrow(/within quotes/);
  });

  test('keeps what is in values out of the text', () => {
    const name = "it's' OR Name != '";
    expect(centre.db.query(soql`SELECT Name FROM Callback__c WHERE Name = ${name}`).records).toEqual([]);
    expect(centre.db.query(soql`SELECT Name FROM Callback__c WHERE Name = ${"it's"}`).records).toEqual([
      { Name: "it's" },
    ]);
    expect(centre.db.query(soql`SELECT Name FROM Callback__c WHERE Name LIKE ${'%T%'} LIMIT ${1}`).totalSize).toBe(1);
    expect(centre.db.query(soql`SELECT Name FROM Callback__c WHERE Name IN ${['first', "it's"]}`).totalSize).toBe(2);
  });
});

describe('ORDER BY', () => {
  const order = (text: string) =>
    rowsOf(`SELECT Id FROM LiveAgentSession ORDER BY ${text}`).map(({ Id }) => centre.sessions.indexOf(Id as string));

  test('puts nulls first unless told otherwise', () => {
    expect(order('TimeIdle')).toEqual([2, 0, 1, 3]);
    expect(order('TimeIdle DESC')).toEqual([2, 3, 1, 0]);
    expect(order('TimeIdle DESC NULLS LAST')).toEqual([3, 1, 0, 2]);
    expect(order('NumFlagRaised NULLS LAST, LoginTime DESC')).toEqual([1, 0, 2, 3]);
  });

  test('goes by parents too', () => {
    expect(order('Owner.Name, LoginTime')).toEqual([0, 2, 3, 1]);
    expect(order('Agent.LastName DESC, TimeIdle')).toEqual([0, 3, 2, 1]);
    expect(rowsOf('SELECT Name FROM Callback__c ORDER BY Session__r.Name NULLS LAST, Name LIMIT 2 OFFSET 1')).toEqual([
      { Name: 'first' },
      { Name: 'Second' },
    ]);
  });

  test('is cut by LIMIT and OFFSET', () => {
    expect(order('LoginTime LIMIT 2')).toEqual([3, 0]);
    expect(order('LoginTime LIMIT 2 OFFSET 1')).toEqual([0, 1]);
    expect(order('LoginTime LIMIT 0')).toEqual([]);
  });
});

describe('aggregates', () => {
  test('count all', () => {
    expect(centre.db.query('SELECT COUNT() FROM LiveAgentSession WHERE TimeIdle != null')).toEqual({
      totalSize: 3,
      done: true,
      records: [],
    });
    expect(centre.db.query('SELECT COUNT() FROM LiveAgentSession LIMIT 2').totalSize).toBe(2);
  });

  test('of all records have names of their own, or those given', () => {
    expect(
      rowsOf('SELECT COUNT(Id), COUNT(TimeIdle) timed, SUM(TimeIdle), MAX(LoginTime) FROM LiveAgentSession'),
    ).toEqual([{ expr0: 4, timed: 3, expr1: 70, expr2: '2026-01-12T08:00:00.000Z' }]);
    expect(rowsOf("SELECT SUM(TimeIdle), COUNT(Id) n FROM LiveAgentSession WHERE Name = 'none'")).toEqual([
      { expr0: null, n: 0 },
    ]);
  });

  test('of groups, with HAVING and ORDER BY', () => {
    expect(
      rowsOf(
        'SELECT NumFlagRaised flags, COUNT(Id), AVG(TimeIdle) FROM LiveAgentSession GROUP BY NumFlagRaised ORDER BY NumFlagRaised NULLS LAST',
      ),
    ).toEqual([
      { flags: 1, expr0: 2, expr1: 15 },
      { flags: 2, expr0: 1, expr1: null },
      { flags: null, expr0: 1, expr1: 40 },
    ]);
    const having = (text: string) =>
      rowsOf(`SELECT NumFlagRaised FROM LiveAgentSession GROUP BY NumFlagRaised HAVING ${text}`).map(
        ({ NumFlagRaised }) => NumFlagRaised,
      );
    expect(having('COUNT(Id) > 1')).toEqual([1]);
    expect(having('COUNT(Id) = 1 AND (NOT NumFlagRaised = null)')).toEqual([2]);
    expect(having('SUM(TimeIdle) IN (30, 40) OR NumFlagRaised = 2')).toEqual([1, 2, null]);
    expect(
      rowsOf(
        'SELECT AgentId FROM LiveAgentSession GROUP BY AgentId ORDER BY COUNT_DISTINCT(OwnerId), MAX(TimeIdle) DESC',
      ),
    ).toHaveLength(2);
  });

  test('by parents and parts of dates', () => {
    expect(
      rowsOf(
        'SELECT Agent.LastName, COUNT(Id) n FROM LiveAgentSession GROUP BY Agent.LastName ORDER BY Agent.LastName',
      ),
    ).toEqual([
      { LastName: 'Baker', n: 2 },
      { LastName: 'Lovelace', n: 2 },
    ]);
    expect(
      rowsOf(
        'SELECT CALENDAR_YEAR(LoginTime) y, DAY_ONLY(LoginTime) d, SUM(Owner.IsActive) FROM LiveAgentSession GROUP BY CALENDAR_YEAR(LoginTime), DAY_ONLY(LoginTime)'.replace(
          ', SUM(Owner.IsActive)',
          '',
        ),
      ),
    ).toEqual([
      { y: 2026, d: '2026-01-10' },
      { y: 2026, d: '2026-01-11' },
      { y: 2026, d: '2026-01-12' },
      { y: 2025, d: '2025-12-31' },
    ]);
    expect(rowsOf('SELECT MAX(Session__r.TimeIdle) m, COUNT_DISTINCT(Session__r.Name) n FROM Callback__c')).toEqual([
      { m: 10, n: 1 },
    ]);
  });

  test('with subtotals', () => {
    const rollup = `SELECT Agent.LastName who, NumFlagRaised flags, COUNT(Id) n, GROUPING(NumFlagRaised) g FROM LiveAgentSession
      WHERE NumFlagRaised != null GROUP BY ROLLUP(Agent.LastName, NumFlagRaised)`;
    expect(rowsOf(rollup)).toEqual([
      { who: 'Lovelace', flags: 1, n: 1, g: 0 },
      { who: 'Baker', flags: 1, n: 1, g: 0 },
      { who: 'Baker', flags: 2, n: 1, g: 0 },
      { who: 'Lovelace', flags: null, n: 1, g: 1 },
      { who: 'Baker', flags: null, n: 2, g: 1 },
      { who: null, flags: null, n: 3, g: 1 },
    ]);
    expect(
      rowsOf(`SELECT NumFlagRaised f, COUNT(Id) n FROM LiveAgentSession GROUP BY ROLLUP(NumFlagRaised)
        HAVING GROUPING(NumFlagRaised) = 1 OR COUNT(Id) > 1 ORDER BY GROUPING(NumFlagRaised) DESC`),
    ).toEqual([
      { f: null, n: 4 },
      { f: 1, n: 2 },
    ]);
    const cube = rowsOf(
      'SELECT NumFlagRaised f, AgentId a, COUNT(Id) n FROM LiveAgentSession GROUP BY CUBE(NumFlagRaised, AgentId)',
    );
    // Four pairs, three flags, two agents and the whole.
    expect(cube).toHaveLength(4 + 3 + 2 + 1);
    expect(cube.filter(({ n }) => n === 4)).toEqual([{ f: null, a: null, n: 4 }]);
  });
});

describe('rows of several kinds of parent', () => {
  test('look alike', () => {
    expect(rowsOf('SELECT Owner.Username FROM LiveAgentSession LIMIT 2')).toEqual([
      { Owner: { Username: 'ada@example.com' } },
      { Owner: { Username: null } },
    ]);
  });
});

test('groups are known by the aliases of their object', () => {
  expect(
    rowsOf(
      'SELECT s.NumFlagRaised, COUNT(s.Id) n FROM LiveAgentSession s GROUP BY NumFlagRaised ORDER BY s.NumFlagRaised',
    ),
  ).toEqual(
    rowsOf('SELECT NumFlagRaised, COUNT(Id) n FROM LiveAgentSession GROUP BY NumFlagRaised ORDER BY NumFlagRaised'),
  );
});

test('parts of dates are compared as numbers, and with null as null', () => {
  expect(sessionsWhere('DAY_IN_MONTH(LoginTime) = 11.5')).toEqual([]);
  expect(sessionsWhere('DAY_IN_MONTH(LoginTime) <= 10.5')).toEqual([0]);
  expect(callbacksWhere('CALENDAR_YEAR(DueOn__c) < null')).toEqual([]);
  expect(callbacksWhere('CALENDAR_YEAR(DueOn__c) = null')).toEqual(["it's"]);
});

test('date literals reach as far as they like', () => {
  expect(callbacksWhere('DueOn__c = LAST_N_YEARS:3000')).toEqual([]);
  expect(callbacksWhere('DueOn__c < NEXT_N_MONTHS:100000')).toEqual(['first', 'Second']);
});

describe('the form of REST', () => {
  test('has the dates of aggregates too', () => {
    const { records } = centre.db.query('SELECT MAX(LoginTime) m FROM LiveAgentSession', { form: 'rest' });
    expect(records).toEqual([{ attributes: { type: 'AggregateResult' }, m: '2026-01-12T08:00:00.000+0000' }]);
  });

  test('has attributes and dates with an offset', () => {
    const { records } = centre.db.query('SELECT Id, LoginTime, Owner.Name FROM LiveAgentSession LIMIT 1', {
      form: 'rest',
    });
    const [id] = centre.sessions;
    expect(records).toEqual([
      {
        attributes: { type: 'LiveAgentSession', url: `/services/data/v67.0/sobjects/LiveAgentSession/${id}` },
        Id: id,
        LoginTime: '2026-01-10T08:00:00.000+0000',
        Owner: {
          attributes: { type: 'User', url: `/services/data/v67.0/sobjects/User/${centre.ada}` },
          Name: 'Ada Lovelace',
        },
      },
    ]);
    expect(centre.db.query('SELECT COUNT(Id) FROM User', { form: 'rest' }).records).toEqual([
      { attributes: { type: 'AggregateResult' }, expr0: 2 },
    ]);
  });

  test('comes in batches, each asked for by the last', () => {
    const first = centre.db.query('SELECT Name FROM LiveAgentSession', { batchSize: 3 });
    expect(first).toMatchObject({ totalSize: 4, done: false, records: [{}, {}, {}] });
    const url = first.nextRecordsUrl as string;
    expect(url).toMatch(/^\/services\/data\/v67\.0\/query\/\w{18}-3$/);
    expect(centre.db.queryMore(url)).toEqual({ totalSize: 4, done: true, records: [{ Name: '00000004' }] });
    expect(() => centre.db.queryMore(url)).toThrow('invalid query locator');
  });
});

test('queryAll and ALL ROWS see the recycle bin', async () => {
  const { db } = await openCallCentre();
  const [first] = db.Callback__c.find();
  await db.Callback__c.delete(first?.Id as string);
  const count = 'SELECT COUNT() FROM Callback__c';
  expect([db.query(count).totalSize, db.queryAll(count).totalSize, db.query(`${count} ALL ROWS`).totalSize]).toEqual([
    2, 3, 3,
  ]);
  expect(db.queryAll('SELECT COUNT(Id) n FROM Callback__c').records).toEqual([{ n: 3 }]);
  expect(db.query('SELECT Name FROM Callback__c WHERE IsDeleted = true ALL ROWS').records).toEqual([{ Name: 'first' }]);
});

test('queryAll sees deleted parents and children too, and query neither', async () => {
  const { db, sessions, ada } = await openCallCentre();
  const [first] = db.Callback__c.find();
  await db.Callback__c.delete(first?.Id as string);
  const children = `SELECT (SELECT Name FROM Callbacks__r) FROM LiveAgentSession WHERE Id = '${sessions[0]}'`;
  const namesIn = (rows: readonly unknown[]) =>
    (rows as { Callbacks__r: { records: { Name: string }[] } }[]).map((row) =>
      row.Callbacks__r.records.map(({ Name }) => Name),
    );
  expect(namesIn(db.query(children).records)).toEqual([['Second']]);
  expect(namesIn(db.queryAll(children).records)).toEqual([['first', 'Second']]);
  await db.User.delete(ada);
  const parents = "SELECT Agent.Alias FROM LiveAgentSession WHERE Agent.Alias = 'ada' ORDER BY Agent.Alias";
  expect(db.query(parents).records).toEqual([]);
  expect(db.queryAll(parents).records).toEqual([{ Agent: { Alias: 'ada' } }, { Agent: { Alias: 'ada' } }]);
  const joined = "SELECT Id FROM LiveAgentSession WHERE AgentId IN (SELECT Id FROM User WHERE Alias = 'ada')";
  expect([db.query(joined).totalSize, db.queryAll(joined).totalSize]).toEqual([0, 2]);
});

test('FOR VIEW and FOR REFERENCE note the use of what was found', async () => {
  const { db } = await openCallCentre();
  db.query("SELECT Id FROM LiveAgentSession WHERE Name = '00000001' FOR REFERENCE");
  db.query("SELECT Id FROM LiveAgentSession WHERE Name = '00000002' FOR VIEW");
  const seen = 'SELECT LastViewedDate v, LastReferencedDate r FROM LiveAgentSession'.replace(/ [vr](?=[, ])/g, '');
  const [first, second, third] = db.query(seen).records;
  expect([first?.LastViewedDate, first?.LastReferencedDate === null]).toEqual([null, false]);
  expect([second?.LastViewedDate === null, second?.LastReferencedDate === null]).toEqual([false, false]);
  expect(third).toEqual({ LastViewedDate: null, LastReferencedDate: null });
});

test('USING SCOPE mine keeps what the user owns', async () => {
  const { db } = await openCallCentre();
  const { id } = await db.LiveAgentSession.create(CHAT);
  expect(db.query('SELECT Id FROM LiveAgentSession USING SCOPE mine').records).toEqual([{ Id: id }]);
  expect(db.query('SELECT Name FROM LiveAgentSession USING SCOPE everything').totalSize).toBe(5);
  expect(() => db.query('SELECT Name FROM Callback__c USING SCOPE mine')).toThrow(/scope MINE is not known/);
});

test('an index serves where it would serve the same query given as data', () => {
  const { db, ada } = centre;
  const found = db.explain(
    soql`SELECT Name FROM LiveAgentSession WHERE AgentId = ${ada} ORDER BY LoginTime DESC LIMIT 1`,
  );
  const same = db.LiveAgentSession.explain({ where: { AgentId: ada }, orderBy: [{ LoginTime: 'desc' }], limit: 1 });
  expect(found).toEqual(same);
  expect(found).toMatchObject({ index: ['AgentId', 'LoginTime'], ordered: true, visited: 1 });
});

describe('a query is refused that', () => {
  test.each([
    ['names no object', 'SELECT Id FROM Nope', 'INVALID_TYPE', /^sObject type 'Nope' is not supported\./],
    ['names no field', 'SELECT Nope FROM User', 'INVALID_FIELD', /^No such column 'Nope' on entity 'User'\./],
    [
      'follows no relationship',
      'SELECT Nope.Id FROM User',
      'INVALID_FIELD',
      /^Didn't understand relationship 'Nope' in field path\./,
    ],
    [
      'has no such children',
      'SELECT (SELECT Id FROM Nopes) FROM User',
      'INVALID_TYPE',
      /^Didn't understand relationship 'Nopes' in FROM part/,
    ],
    [
      'selects a field twice',
      'SELECT Id, Name, id FROM Case'.replace('Name', 'Subject'),
      'INVALID_FIELD',
      /^duplicate field selected: id$/,
    ],
    [
      'filters what cannot be',
      "SELECT Id FROM SOSSession WHERE OpentokSession = 'x'",
      'INVALID_FIELD',
      /^field 'OpentokSession' can not be filtered in a query call$/,
    ],
    [
      'sorts what cannot be',
      'SELECT Id FROM SOSSession ORDER BY OpentokSession',
      'INVALID_FIELD',
      /^field 'OpentokSession' can not be sorted in a query call$/,
    ],
    [
      'groups what cannot be',
      'SELECT LoginTime FROM LiveAgentSession GROUP BY LoginTime',
      'INVALID_FIELD',
      /^field 'LoginTime' can not be grouped in a query call$/,
    ],
    [
      'compares with the wrong type',
      'SELECT Id FROM User WHERE Alias = 5',
      'INVALID_FIELD',
      /must be of type string and should be enclosed in quotes$/,
    ],
    [
      'quotes a number',
      "SELECT Id FROM LiveAgentSession WHERE TimeIdle = '5'",
      'INVALID_FIELD',
      /must be of type int and should not be enclosed in quotes$/,
    ],
    ['compares with a malformed id', "SELECT Id FROM User WHERE Id = 'x'", 'MALFORMED_ID', /^invalid ID field: Id$/],
    [
      'selects what is not grouped',
      'SELECT Alias, COUNT(Id) FROM User',
      'MALFORMED_QUERY',
      /^Field must be grouped or aggregated: Alias$/,
    ],
    [
      'orders by what is not grouped',
      'SELECT COUNT(Id) FROM User GROUP BY Alias ORDER BY Email',
      'MALFORMED_QUERY',
      /^Ordered field must be grouped or aggregated: Email$/,
    ],
    [
      'gives a field an alias',
      'SELECT Alias a FROM User',
      'MALFORMED_QUERY',
      /^only aggregate expressions use field aliasing$/,
    ],
    [
      'sums texts',
      'SELECT SUM(Alias) FROM User',
      'INVALID_FIELD',
      /^field Alias does not support aggregate operator SUM$/,
    ],
    [
      'limits one row',
      'SELECT COUNT(Id) FROM User LIMIT 1',
      'MALFORMED_QUERY',
      /^Non-grouped query that uses overall aggregate/,
    ],
    [
      'goes too far',
      'SELECT Id FROM User OFFSET 2001',
      'NUMBER_OUTSIDE_VALID_RANGE',
      /^Maximum SOQL offset allowed is 2000$/,
    ],
    [
      'takes all fields of too many',
      'SELECT FIELDS(ALL) FROM User',
      'MALFORMED_QUERY',
      /^The SOQL FIELDS function must have a LIMIT of at most 200$/,
    ],
    [
      'takes fields there are not',
      'SELECT FIELDS(CUSTOM) FROM User LIMIT 1',
      'MALFORMED_QUERY',
      /must result in at least one field being selected\.$/,
    ],
    [
      'joins within OR',
      "SELECT Id FROM User WHERE Alias = 'x' OR Id IN (SELECT AgentId FROM LiveAgentSession)",
      'MALFORMED_QUERY',
      /^Semi join sub-selects are not allowed with the 'OR' operator/,
    ],
    [
      'joins by a text',
      'SELECT Id FROM User WHERE Alias IN (SELECT AgentId FROM LiveAgentSession)',
      'MALFORMED_QUERY',
      /should be an id field, cannot use: 'Alias'$/,
    ],
    [
      'joins ids of others',
      'SELECT Id FROM User WHERE Id IN (SELECT Session__c FROM Callback__c)',
      'MALFORMED_QUERY',
      /should point to the same object type$/,
    ],
    [
      'joins an object with itself',
      'SELECT Id FROM User WHERE Id IN (SELECT ManagerId FROM User)',
      'MALFORMED_QUERY',
      /^The inner and outer selects should not be on the same object type$/,
    ],
    [
      'picks from one value',
      "SELECT Id FROM User WHERE Alias INCLUDES ('x')",
      'INVALID_FIELD',
      /^invalid operator on field 'Alias': INCLUDES$/,
    ],
    [
      'has a bind without a value',
      'SELECT Id FROM User WHERE Alias = :alias',
      'MALFORMED_QUERY',
      /^Bind variables only allowed in Apex code$/,
    ],
    [
      'gives two columns one name',
      'SELECT COUNT(Id) a, MAX(Alias) a FROM User',
      'MALFORMED_QUERY',
      /^duplicate alias: a$/,
    ],
    [
      'groups by two names',
      'SELECT Owner.Name, Agent.Name FROM LiveAgentSession GROUP BY Owner.Name, Agent.Name',
      'MALFORMED_QUERY',
      /^duplicate alias: Name$/,
    ],
    [
      'calls a column as all objects inherit',
      'SELECT COUNT(Id) __proto__ FROM User',
      'MALFORMED_QUERY',
      /^duplicate alias: __proto__$/,
    ],
    [
      'names what all objects inherit',
      'SELECT constructor FROM User',
      'INVALID_FIELD',
      /^No such column 'constructor'/,
    ],
    [
      'sums names of types',
      'SELECT SUM(Owner.Type) FROM LiveAgentSession',
      'INVALID_FIELD',
      /does not support aggregate operator SUM$/,
    ],
    [
      'groups children',
      'SELECT (SELECT Name FROM Callbacks__r GROUP BY Name) FROM LiveAgentSession',
      'MALFORMED_QUERY',
      /^a child query takes no GROUP BY/,
    ],
    [
      'scopes a semi-join',
      'SELECT Id FROM User WHERE Id IN (SELECT AgentId FROM LiveAgentSession USING SCOPE mine)',
      'MALFORMED_QUERY',
      /takes no USING SCOPE/,
    ],
    [
      'has three semi-joins',
      `SELECT Id FROM User WHERE ${Array(3).fill('Id IN (SELECT AgentId FROM LiveAgentSession)').join(' AND ')}`,
      'MALFORMED_QUERY',
      /^Maximum 2 semi join/,
    ],
    [
      'names a relationship that is not there',
      'SELECT Id FROM LiveAgentSession s, s.Nope a',
      'INVALID_FIELD',
      /^Didn't understand relationship 'Nope' in field path/,
    ],
    ['names an alias twice', 'SELECT Id FROM LiveAgentSession s, s.Agent s', 'MALFORMED_QUERY', /^duplicate alias: s$/],
    [
      'joins with a child',
      'SELECT Id FROM User WHERE Id IN (SELECT AgentId FROM User.LiveAgentSession)',
      'MALFORMED_QUERY',
      /^a semi join sub-select is of an object$/,
    ],
    ['has a limit with a sign', 'SELECT Id FROM User LIMIT +1', 'MALFORMED_QUERY', /^unexpected token: '\+1'$/],
    [
      'has two branches for one object',
      'SELECT TYPEOF Owner WHEN User THEN Id WHEN user THEN Name END FROM LiveAgentSession',
      'MALFORMED_QUERY',
      /^user has two branches$/,
    ],
    [
      'has too many child queries',
      `SELECT ${Array(21).fill('(SELECT Id FROM Callbacks__r)').join()} FROM LiveAgentSession`,
      'MALFORMED_QUERY',
      /^a query has at most 20 child queries$/,
    ],
    [
      'skips a count',
      'SELECT COUNT() FROM User OFFSET 2',
      'MALFORMED_QUERY',
      /^COUNT\(\) takes no alias and no OFFSET$/,
    ],
    [
      'selects a parent twice',
      'SELECT TYPEOF Owner WHEN User THEN Username END, Owner.Name FROM LiveAgentSession',
      'INVALID_FIELD',
      /^duplicate field selected: Owner.Name$/,
    ],
    [
      'orders by too much',
      `SELECT Id FROM User ORDER BY ${Array(33).fill('Id').join(',')}`,
      'MALFORMED_QUERY',
      /^ORDER BY takes at most 32 fields$/,
    ],
    [
      'asks for the hour of a date',
      'SELECT Id FROM Callback__c WHERE HOUR_IN_DAY(DueOn__c) = 1',
      'INVALID_FIELD',
      /^HOUR_IN_DAY does not apply to field 'DueOn__c'$/,
    ],
  ] as const)('%s', (_, text, code, words) => {
    const found = refusal(text);
    expect(found.code).toBe(code);
    expect(found.words).toMatch(words);
  });

  test('is no text, or comes with options there are not', () => {
    const { db } = centre;
    for (const text of [undefined, null, 5, {}]) expect(() => db.query(text as never)).toThrow(EngineError);
    for (const options of [{ form: 'xml' }, { batchSize: 0 }, { binds: null }, { limit: 5 }, { batchSize: 1.5 }])
      expect(() => db.query('SELECT Id FROM User', options as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});

test('text without a character is null, of a parent and of an object that keeps it apart as well', async () => {
  const Shelf = defineObject({
    name: 'Shelf__c',
    text: 'verbatim',
    fields: {
      Name: { type: 'string' },
      Up__c: { type: 'reference', referenceTo: ['Shelf__c'], relationshipName: 'Up__r' },
    },
  });
  const db = await openDatabase({ name: 'shelves', objects: [Shelf] });
  const [none, empty] = await db.Shelf__c.create([{ Name: null }, { Name: '' }, { Name: 'a' }]);
  await db.Shelf__c.create([
    { Name: 'x', Up__c: none?.id ?? null },
    { Name: 'y', Up__c: empty?.id ?? null },
    { Name: 'z' },
  ]);
  const names = (where: string) => db.query(`SELECT Name FROM Shelf__c WHERE ${where}`).records.map(({ Name }) => Name);
  expect(names("Name = ''")).toEqual([null, '']);
  expect(names("Name != ''")).toEqual(['a', 'x', 'y', 'z']);
  expect(names("Name > 'b' AND Up__r.Name = ''")).toEqual(['x', 'y', 'z']);
  expect(names("Up__r.Name != ''")).toEqual([]);
});

test('picklists go by the order of their values', async () => {
  const Bin = defineObject({
    name: 'Bin__c',
    fields: { Kind__c: { type: 'picklist', values: ['zulu', 'alpha', 'mike'] } },
  });
  const db = await openDatabase({ name: 'bins', objects: [Bin] });
  await db.Bin__c.create(['alpha', 'other', 'mike', 'ZULU', null].map((Kind__c) => ({ Kind__c })));
  const kinds = (order: string) =>
    db.query(`SELECT Kind__c FROM Bin__c ORDER BY ${order}`).records.map(({ Kind__c }) => Kind__c);
  expect(kinds('Kind__c')).toEqual([null, 'ZULU', 'alpha', 'mike', 'other']);
  expect(kinds('Kind__c DESC NULLS LAST')).toEqual(['other', 'mike', 'alpha', 'ZULU', null]);
  const live = db.live('SELECT Kind__c FROM Bin__c ORDER BY Kind__c LIMIT 2');
  await db.Bin__c.create({ Kind__c: 'zulu' });
  expect(live.getSnapshot().map(({ Kind__c }) => Kind__c)).toEqual([null, 'ZULU']);
});

test('FORMAT and toLabel of one aggregate make a query an aggregate', () => {
  expect(rowsOf('SELECT FORMAT(MAX(TimeIdle)) most FROM LiveAgentSession')).toEqual([{ most: '40' }]);
  expect(rowsOf('SELECT toLabel(MAX(Name)) n FROM LiveAgentSession')).toEqual([{ n: '00000004' }]);
});

test('FIELDS() takes its limit and its ids as binds', () => {
  const { db, ada } = centre;
  expect(db.query(soql`SELECT FIELDS(ALL) FROM User LIMIT ${1}`).records).toHaveLength(1);
  expect(db.query(soql`SELECT FIELDS(ALL) FROM User WHERE Id IN ${[ada]}`).records).toHaveLength(1);
  expect(() => db.query(soql`SELECT FIELDS(ALL) FROM User LIMIT ${201}`)).toThrow(/LIMIT of at most 200/);
  expect(db.query(soql`SELECT Id /* don't */ FROM User WHERE Id = ${ada}`).records).toHaveLength(1);
});

test("what describe hands out is the caller's own", () => {
  const { db } = centre;
  const owner = () => db.LiveAgentSession.describe().fields.find(({ name }) => name === 'OwnerId');
  const references = owner()?.referenceTo as string[];
  references.push('Case');
  expect(owner()?.referenceTo).toEqual(['Group', 'User']);
});

test('a calendar is refused that there is not', async () => {
  for (const calendar of [{ timeZone: 'Mars/Olympus' }, { fiscalYearStart: 13 }, { weekStart: 7 }, { day: 1 }])
    await expect(openCallCentre({ calendar })).rejects.toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('a calendar decides what today is', async () => {
  const { db } = await openCallCentre({ calendar: { timeZone: 'Pacific/Auckland' } });
  // There it is one in the morning of the 13th, and 08:00Z of the 12th was 21:00 of the 12th.
  expect(db.query('SELECT Id FROM LiveAgentSession WHERE LoginTime = TODAY').totalSize).toBe(0);
  expect(db.query('SELECT Id FROM LiveAgentSession WHERE LoginTime = YESTERDAY').totalSize).toBe(1);
  expect(
    db.query(
      'SELECT HOUR_IN_DAY(convertTimezone(LoginTime)) h FROM LiveAgentSession GROUP BY HOUR_IN_DAY(convertTimezone(LoginTime))',
    ).records,
  ).toEqual([{ h: 21 }]);
});
