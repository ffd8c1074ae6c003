import { beforeAll, describe, expect, test } from 'vitest';
import { openCentreDatabase } from '../../src/board/centre-database.ts';
import { createDay } from '../../src/board/day.ts';
import { loadDay } from '../../src/board/load-day.ts';
import { Random } from '../../src/board/random.ts';

/**
 * The examples of the SOQL and SOSL Reference, put to the objects here: each clause and function of them whose kind of
 * field these objects have, over a generated day. What is expected is worked out from plain arrays.
 */

const NOW = Date.parse('2026-03-05T14:00:00Z');
const DAY = 86_400_000;

async function openDay() {
  const random = new Random(5);
  const db = await openCentreDatabase({
    now: () => NOW,
    elapsed: () => 0,
    pause: () => Promise.resolve(),
    random: (bytes) => random.fill(bytes),
  });
  await loadDay({
    db,
    day: createDay({ seed: 3, sessions: 900, openedAtMs: NOW }),
    elapsed: () => 0,
    onProgress: () => {},
  });
  const people = await db.Contact.create([
    { LastName: 'Forbes', FirstName: 'Sean', MailingCity: 'California', Title: 'CFO' },
    { LastName: "O'Hara", FirstName: 'Ann', MailingCity: 'New York', Email: 'ann@bbq.example' },
    { LastName: 'Appleby', MailingCity: 'California' },
  ]);
  await db.Case.create([
    { Subject: "Bob's BBQ", Status: 'New', Origin: 'Web', ContactId: people[0]?.id ?? null },
    { Subject: '100% off_season', Status: 'Closed', Origin: 'Phone', ContactId: people[1]?.id ?? null },
    { Subject: 'No contact', Status: 'New', Origin: 'Web' },
  ]);
  const changed = db.SOSSession.find({ limit: 3 });
  await db.SOSSession.update(changed.map(({ Id }) => ({ Id, ContactId: people[0]?.id ?? null })));
  const AgentId = db.User.find({ limit: 8 })[7]?.Id ?? '';
  await db.LiveAgentSession.update(
    db.LiveAgentSession.find({ limit: 5 }).map(({ Id }) => ({ Id, ChatReqEngaged: 77, AgentId })),
  );
  return db;
}

type Centre = Awaited<ReturnType<typeof openDay>>;
type Plain = Readonly<Record<string, unknown>>;

let db: Centre;
let chats: Plain[];
let calls: Plain[];
let visits: Plain[];
let users: Plain[];
let contacts: Plain[];
let cases: Plain[];
const byId = new Map<unknown, Plain>();

beforeAll(async () => {
  db = await openDay();
  const all = (name: 'LiveAgentSession' | 'SOSSession' | 'GenesysSession' | 'User' | 'Contact' | 'Case' | 'Group') =>
    JSON.parse(JSON.stringify(db.collection(name).find())) as Plain[];
  [chats, calls, visits, users, contacts, cases] = [
    all('LiveAgentSession'),
    all('SOSSession'),
    all('GenesysSession'),
    all('User'),
    all('Contact'),
    all('Case'),
  ];
  for (const record of [...users, ...all('Group'), ...contacts]) byId.set(record.Id, record);
});

const ms = (value: unknown) => Date.parse(value as string);
const names = (rows: readonly Plain[]) => rows.map(({ Name }) => Name);
const records = (text: string) => db.query(text).records;
const fold = (value: unknown) => String(value ?? '').toUpperCase();
const by =
  (key: string, sign = 1) =>
  (left: Plain, right: Plain) => {
    const [a, b] = [left[key] as never, right[key] as never];
    if (a === b) return 0;
    // Nulls come first, however the rest is ordered.
    if (a === null || b === null) return a === null ? -1 : 1;
    return (a < b ? -1 : 1) * sign;
  };
const agentOf = (row: Plain) => byId.get(row.AgentId);
const groups = <K>(rows: readonly Plain[], keyOf: (row: Plain) => K) => {
  const found = new Map<K, Plain[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return found;
};
const sum = (rows: readonly Plain[], key: string) =>
  rows.reduce((total, row) => total + ((row[key] as number) ?? 0), 0);

describe('a condition keeps the sessions that it should:', () => {
  const week = Math.floor(NOW / DAY) - new Date(NOW).getUTCDay();
  const within = (from: number, to: number) => (row: Plain) =>
    ms(row.LoginTime) >= from * DAY && ms(row.LoginTime) < to * DAY;
  const today = Math.floor(NOW / DAY);
  test.each<[string, (row: Plain) => boolean]>([
    ["Name = '00000001'", ({ Name }) => Name === '00000001'],
    ["Name LIKE '%1' AND TimeIdle > 0", ({ Name, TimeIdle }) => fold(Name).endsWith('1') && (TimeIdle as number) > 0],
    ["Name LIKE '0000000_'", ({ Name }) => /^0000000.$/.test(fold(Name))],
    ['ChatReqEngaged = 77', ({ ChatReqEngaged }) => ChatReqEngaged === 77],
    ['ChatReqEngaged != 77', ({ ChatReqEngaged }) => ChatReqEngaged !== 77],
    ['TimeInChats <= 3600', ({ TimeInChats }) => TimeInChats !== null && (TimeInChats as number) <= 3600],
    ['TimeInChats > 7200.5', ({ TimeInChats }) => (TimeInChats as number) > 7200],
    ['NumFlagRaised IN (1, 2)', ({ NumFlagRaised }) => NumFlagRaised === 1 || NumFlagRaised === 2],
    ['NumFlagRaised NOT IN (0, 1)', ({ NumFlagRaised }) => NumFlagRaised !== 0 && NumFlagRaised !== 1],
    ['ChatReqAssigned != null', ({ ChatReqAssigned }) => ChatReqAssigned !== null],
    ['IsDeleted = FALSE', () => true],
    ['NOT TimeIdle > 100', ({ TimeIdle }) => !((TimeIdle as number) > 100)],
    [
      '(TimeIdle > 100 AND NumFlagRaised = 0) OR ChatReqEngaged = 77',
      (row) => ((row.TimeIdle as number) > 100 && row.NumFlagRaised === 0) || row.ChatReqEngaged === 77,
    ],
    [
      'LoginTime > 2026-03-05T08:00:00Z AND LoginTime < 2026-03-05T12:30:00+02:00',
      (row) =>
        ms(row.LoginTime) > Date.parse('2026-03-05T08:00:00Z') &&
        ms(row.LoginTime) < Date.parse('2026-03-05T10:30:00Z'),
    ],
    ["Agent.Department LIKE 'Premium%'", (row) => fold(agentOf(row)?.Department).startsWith('PREMIUM')],
    [
      "Owner.Type = 'User' AND Owner.Name LIKE 'A%'",
      (row) => fold(byId.get(row.OwnerId)?.Username) !== '' && fold(byId.get(row.OwnerId)?.Name).startsWith('A'),
    ],
    ["AgentId IN (SELECT Id FROM User WHERE Alias LIKE 'a1%')", (row) => fold(agentOf(row)?.Alias).startsWith('A1')],
    [
      "AgentId NOT IN (SELECT Id FROM User WHERE Alias LIKE 'a1%')",
      (row) => !fold(agentOf(row)?.Alias).startsWith('A1'),
    ],
    [
      "Id IN (SELECT LiveAgentSessionId FROM LiveAgentSessionHistory WHERE Field = 'AgentId')",
      ({ ChatReqEngaged }) => ChatReqEngaged === 77,
    ],
    ['LoginTime = TODAY', within(today, today + 1)],
    ['LoginTime = YESTERDAY', within(today - 1, today)],
    ['LoginTime = TOMORROW', within(today + 1, today + 2)],
    ['LoginTime < TODAY', within(0, today)],
    ['LoginTime = THIS_WEEK', within(week, week + 7)],
    ['LoginTime > LAST_WEEK', within(week, week + 5000)],
    ['LoginTime < NEXT_WEEK', within(0, week + 7)],
    ['LoginTime = THIS_MONTH', within(Date.UTC(2026, 2) / DAY, Date.UTC(2026, 3) / DAY)],
    ['LoginTime = LAST_MONTH', within(Date.UTC(2026, 1) / DAY, Date.UTC(2026, 2) / DAY)],
    ['LoginTime = LAST_90_DAYS', within(today - 90, today + 1)],
    ['LoginTime = LAST_N_DAYS:30', within(today - 30, today + 1)],
    ['LoginTime > N_DAYS_AGO:3', within(today - 2, today + 5000)],
    ['LoginTime = THIS_QUARTER', within(Date.UTC(2026, 0) / DAY, Date.UTC(2026, 3) / DAY)],
    ['LoginTime = THIS_YEAR', within(Date.UTC(2026, 0) / DAY, Date.UTC(2027, 0) / DAY)],
    ['LoginTime < LAST_N_YEARS:5', within(0, Date.UTC(2021, 0) / DAY)],
    ['LoginTime = THIS_FISCAL_QUARTER', within(Date.UTC(2026, 0) / DAY, Date.UTC(2026, 3) / DAY)],
    ['LoginTime > NEXT_N_FISCAL_QUARTERS:6', () => false],
    ['CALENDAR_YEAR(LoginTime) = 2026', () => true],
    ['HOUR_IN_DAY(LoginTime) >= 9', (row) => new Date(ms(row.LoginTime)).getUTCHours() >= 9],
    ['DAY_ONLY(LoginTime) = 2026-03-05', within(today, today + 1)],
  ])('%s', (condition, keeps) => {
    const text = `SELECT Name FROM LiveAgentSession WHERE ${condition}`;
    expect(names(records(text))).toEqual(names(chats.filter(keeps)));
    expect(db.query(`SELECT COUNT() FROM LiveAgentSession WHERE ${condition}`).totalSize).toBe(
      chats.filter(keeps).length,
    );
  });

  test('texts with quotes and signs of patterns, places and missing parents', () => {
    expect(records("SELECT Id FROM Case WHERE Subject = 'Bob\\'s BBQ'")).toEqual([{ Id: cases[0]?.Id }]);
    expect(records("SELECT Id FROM Case WHERE Subject LIKE '100\\%%\\_season'")).toEqual([{ Id: cases[1]?.Id }]);
    expect(records('SELECT Id FROM Case WHERE Contact.LastName = null')).toEqual([{ Id: cases[2]?.Id }]);
    expect(records("SELECT Id FROM Contact WHERE Name LIKE 'a%' AND MailingCity = 'California'")).toEqual([
      { Id: contacts[2]?.Id },
    ]);
    expect(records("SELECT FirstName FROM Contact WHERE MailingCity IN ('California', 'New York')")).toHaveLength(3);
    expect(records('SELECT Name FROM SOSSession WHERE Contact.Title != null')).toHaveLength(3);
    const web = visits.filter((visit) => fold((visit.device as Plain | null)?.category) === 'MOBILE');
    expect(db.query("SELECT COUNT() FROM GenesysSession WHERE device.category = 'mobile'").totalSize).toBe(web.length);
  });
});

describe('what is selected is shown as it should be:', () => {
  test('fields, in order', () => {
    expect(records('SELECT Id, Name, SystemInfo FROM SOSSession LIMIT 2')).toEqual(
      calls.slice(0, 2).map(({ Id, Name, SystemInfo }) => ({ Id, Name, SystemInfo })),
    );
    expect(names(records('SELECT Name FROM LiveAgentSession ORDER BY Name DESC NULLS LAST'))).toEqual(
      names([...chats].sort(by('Name', -1))),
    );
    expect(
      names(records('SELECT Name FROM LiveAgentSession ORDER BY TimeIdle NULLS FIRST, Name LIMIT 20 OFFSET 10')),
    ).toEqual(
      names([...chats].sort((left, right) => by('TimeIdle')(left, right) || by('Name')(left, right)).slice(10, 30)),
    );
  });

  test('parents, five ways', () => {
    expect(records('SELECT Name, Agent.FirstName, Agent.CreatedBy.Alias FROM LiveAgentSession LIMIT 3')).toEqual(
      chats.slice(0, 3).map((row) => ({
        Name: row.Name,
        Agent:
          agentOf(row) === undefined
            ? null
            : {
                FirstName: agentOf(row)?.FirstName,
                CreatedBy: byId.has(agentOf(row)?.CreatedById)
                  ? { Alias: byId.get(agentOf(row)?.CreatedById)?.Alias }
                  : null,
              },
      })),
    );
    const sorted = records(
      'SELECT Name, Agent.Name FROM LiveAgentSession WHERE AgentId != null ORDER BY Agent.Name, Name LIMIT 50',
    );
    const expected = [...chats].sort(
      (left, right) =>
        by('key')(
          { key: agentOf(left) === undefined ? null : fold(agentOf(left)?.Name) },
          { key: agentOf(right) === undefined ? null : fold(agentOf(right)?.Name) },
        ) || by('Name')(left, right),
    );
    expect(names(sorted)).toEqual(names(expected.slice(0, 50)));
    expect(db.query("SELECT count() FROM LiveAgentSession s, s.Agent a WHERE a.Alias = 'a1'").totalSize).toBe(
      chats.filter((row) => agentOf(row)?.Alias === 'a1').length,
    );
    expect(
      records(
        'SELECT Name, TYPEOF Owner WHEN User THEN Username, Alias WHEN Group THEN DeveloperName ELSE Name END FROM SOSSession LIMIT 20',
      ),
    ).toEqual(
      calls.slice(0, 20).map(({ Name, OwnerId }) => {
        const owner = byId.get(OwnerId);
        if (owner === undefined) return { Name, Owner: null };
        const { Username, Alias, DeveloperName } = owner;
        return { Name, Owner: fold(OwnerId).startsWith('005') ? { Username, Alias } : { DeveloperName } };
      }),
    );
  });

  test('children, in every way they are written', () => {
    const text =
      'SELECT Name, (SELECT Field, NewValue FROM Histories WHERE Field != null ORDER BY CreatedDate LIMIT 1) FROM LiveAgentSession LIMIT 6';
    expect(records(text)).toEqual(
      chats.slice(0, 6).map(({ Name }, at) => ({
        Name,
        Histories:
          at < 5 ? { totalSize: 1, done: true, records: [{ Field: 'AgentId', NewValue: users[7]?.Id }] } : null,
      })),
    );
    expect(
      records(
        "SELECT Contact.LastName, (SELECT SOSSession.Name, Owner.Name FROM Contact.SOSSessions) FROM Contact WHERE LastName = 'Forbes'",
      ),
    ).toMatchObject([
      { LastName: 'Forbes', SOSSessions: { totalSize: 3, records: calls.slice(0, 3).map(({ Name }) => ({ Name })) } },
    ]);
    const deep = records(
      'SELECT MasterLabel, (SELECT Name, (SELECT Field FROM Histories) FROM SOSSessions LIMIT 2) FROM SOSDeployment',
    );
    expect(deep).toHaveLength(db.SOSDeployment.size);
  });

  test('labels, formats and fields together', () => {
    expect(
      records("SELECT LastName, toLabel(Salutation) FROM Contact WHERE toLabel(MailingCity) = 'New York'"),
    ).toEqual([{ LastName: "O'Hara", Salutation: null }]);
    expect(
      records(
        'SELECT Name, FORMAT(LoginTime) day, FORMAT(TimeInChats) secs FROM LiveAgentSession WHERE TimeInChats > 1000 LIMIT 1',
      ),
    ).toEqual([
      {
        Name: expect.any(String),
        day: expect.stringMatching(/^\d+\/\d+\/26, \d+:\d\d.[AP]M$/),
        secs: expect.stringMatching(/^\d+,\d{3}$/),
      },
    ]);
    const [all] = records('SELECT FIELDS(ALL) FROM SOSSession LIMIT 200');
    expect(Object.keys(all ?? {})).toEqual(db.SOSSession.definition.fields.map(({ name }) => name));
    expect(records('SELECT FIELDS(STANDARD) FROM LiveAgentSession')).toHaveLength(chats.length);
    expect(records('SELECT Name FROM LiveAgentSession USING SCOPE Mine')).toHaveLength(
      chats.filter(({ OwnerId }) => OwnerId === '0055g00000ABcdeAAD').length,
    );
    expect(
      records('SELECT Id, (SELECT Field FROM Histories) FROM LiveAgentSession WITH SECURITY_ENFORCED'),
    ).toHaveLength(chats.length);
    expect(records('SELECT Name, Id FROM Contact LIMIT 1 FOR VIEW')).toHaveLength(1);
    expect(records('SELECT LastName FROM Contact WHERE LastViewedDate != null')).toHaveLength(1);
  });
});

describe('what is counted and added up comes out right:', () => {
  test('over all records', () => {
    const times = chats.filter(({ TimeIdle }) => TimeIdle !== null);
    expect(
      records(
        'SELECT AVG(TimeIdle), COUNT(Id), COUNT(TimeIdle), COUNT_DISTINCT(AgentId), MIN(LoginTime), SUM(TimeIdle) total FROM LiveAgentSession',
      ),
    ).toEqual([
      {
        expr0: sum(times, 'TimeIdle') / times.length,
        expr1: chats.length,
        expr2: times.length,
        expr3: groups(chats, ({ AgentId }) => AgentId).size,
        expr4: chats.map(({ LoginTime }) => LoginTime).sort()[0],
        total: sum(times, 'TimeIdle'),
      },
    ]);
    expect(db.query('SELECT COUNT() FROM GenesysSession')).toEqual({
      totalSize: visits.length,
      done: true,
      records: [],
    });
  });

  test('by field, with aliases that are words of SOQL', () => {
    const expected = [...groups(chats, ({ AgentId }) => AgentId)].map(([n, rows]) => ({
      n,
      max: Math.max(...rows.map(({ TimeInChats }) => (TimeInChats as number) ?? 0)),
      count: rows.length,
    }));
    expect(
      records('SELECT AgentId n, MAX(TimeInChats) max, COUNT(Id) count FROM LiveAgentSession GROUP BY AgentId'),
    ).toEqual(expected);
    expect(
      records('SELECT AgentId, COUNT(Name) FROM LiveAgentSession GROUP BY AgentId HAVING COUNT(Name) > 1'),
    ).toEqual(expected.filter(({ count }) => count > 1).map(({ n, count }) => ({ AgentId: n, expr0: count })));
    const cities = records(
      "SELECT MailingCity, COUNT(Id) FROM Contact GROUP BY MailingCity HAVING MailingCity LIKE 'Cal%'",
    );
    expect(cities).toEqual([{ MailingCity: 'California', expr0: 2 }]);
  });

  test('by parent, date and subtotal', () => {
    const perHour = [...groups(chats, (row) => new Date(ms(row.LoginTime)).getUTCHours())].map(([expr0, rows]) => ({
      expr0,
      expr1: sum(rows, 'TimeInChats'),
    }));
    expect(
      records('SELECT HOUR_IN_DAY(LoginTime), SUM(TimeInChats) FROM LiveAgentSession GROUP BY HOUR_IN_DAY(LoginTime)'),
    ).toEqual(perHour);
    const perDepartment = [...groups(chats, (row) => agentOf(row)?.Department ?? null)].map(([Department, rows]) => ({
      Department,
      cnt: rows.length,
    }));
    expect(records('SELECT Agent.Department, COUNT(Id) cnt FROM LiveAgentSession GROUP BY Agent.Department')).toEqual(
      perDepartment,
    );
    const pairs = groups(cases, ({ Status, Origin }) => `${Status}|${Origin}`);
    const cube = records(
      'SELECT Status, Origin, GROUPING(Status) s, GROUPING(Origin) o, COUNT(Id) cnt FROM Case GROUP BY CUBE(Status, Origin) ORDER BY GROUPING(Status), GROUPING(Origin)',
    );
    expect(cube).toHaveLength(pairs.size + 2 + 2 + 1);
    expect(
      cube.filter(({ s, o }) => s === 0 && o === 0).map(({ Status, Origin, cnt }) => [`${Status}|${Origin}`, cnt]),
    ).toEqual([...pairs].map(([key, rows]) => [key, rows.length]));
    expect(cube.at(-1)).toEqual({ Status: null, Origin: null, s: 1, o: 1, cnt: cases.length });
    const rollup = records('SELECT Status, Origin, COUNT(Subject) cnt FROM Case GROUP BY ROLLUP(Status, Origin)');
    expect(rollup).toHaveLength(pairs.size + 2 + 1);
    const last = records(
      'SELECT Agent.Alias, MAX(LoginTime) FROM LiveAgentSession GROUP BY Agent.Alias ORDER BY MAX(LoginTime) DESC, Agent.Alias LIMIT 1',
    );
    expect(last[0]?.expr0).toBe(
      chats
        .map(({ LoginTime }) => LoginTime as string)
        .sort()
        .at(-1),
    );
  });
});

describe('a search of the reference', () => {
  const found = async (text: string) => (await db.search(text)).searchRecords;
  test('finds words, addresses and even the words of SOSL itself', async () => {
    expect(await found('FIND {Forbes} RETURNING Contact(FirstName, LastName)')).toMatchObject([
      { FirstName: 'Sean', LastName: 'Forbes' },
    ]);
    expect(await found('FIND {ann@bbq.example} IN EMAIL FIELDS RETURNING Contact')).toHaveLength(1);
    for (const word of ['FIND', 'IN', 'RETURNING', 'LIMIT'])
      expect(await found(`FIND {${word}} RETURNING Case`)).toEqual([]);
    expect(
      await found('FIND {contact OR bbq} RETURNING Case(Subject ORDER BY Subject), Contact LIMIT 10'),
    ).toMatchObject([{ Subject: "Bob's BBQ" }, { Subject: 'No contact' }, { attributes: { type: 'Contact' } }]);
    expect(await found("FIND {Bob\\'s*} RETURNING Case(Id WHERE Status = 'New' LIMIT 1)")).toHaveLength(1);
    const android = calls.filter(({ SystemInfo }) => fold(SystemInfo).includes('ANDROID'));
    expect(await found('FIND {android} RETURNING SOSSession(Id LIMIT 2000)')).toHaveLength(
      Math.min(2000, android.length),
    );
  });
});
