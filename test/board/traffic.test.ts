import { describe, expect, test } from 'vitest';
import { createDay } from '../../src/board/day.ts';
import { type Family, QUEUES } from '../../src/board/queues.ts';
import { Random } from '../../src/board/random.ts';
import type { Login, Stay } from '../../src/board/stay.ts';
import { writesFor, writeWithin } from '../../src/board/traffic.ts';

const nowMs = Date.parse('2026-03-05T14:00:30Z');
const now = '2026-03-05T14:00:30.000Z';

function queueOf(family: Family) {
  const queue = QUEUES.find((candidate) => candidate.family === family);
  if (queue === undefined) throw new Error(`no queue of ${family}`);
  return queue;
}

function stayIn(family: Family | undefined, parts: Partial<Stay> = {}): Stay {
  return {
    serial: 7,
    queue: family === undefined ? undefined : queueOf(family),
    arrivedMs: nowMs - 12_400,
    answeredMs: undefined,
    endedMs: undefined,
    login: undefined,
    recordId: undefined,
    eventCount: 1,
    place: 0,
    ...parts,
  };
}

function loginIn(family: Family): Login {
  const agent = { serial: 3, queue: queueOf(family) };
  const fromMs = nowMs - 3_600_000;
  const shiftEndsMs = nowMs + 60_000;
  const untilMs = shiftEndsMs;
  return { serial: 9, agent, fromMs, shiftEndsMs, untilMs, engaged: 5, talkMs: 1_200_500, recordId: undefined };
}

describe('an arrival is a create', () => {
  test('of an SOSSession with its deployment, owned by the queue', () => {
    const stay = stayIn('SOSSession');
    const [write] = writesFor({ kind: 'arrived', atMs: nowMs, stay });
    const { key, groupId } = queueOf('SOSSession');
    expect(write).toMatchObject({ verb: 'create', object: 'SOSSession', of: stay });
    expect(write?.record).toMatchObject({ DeploymentId: key, OwnerId: groupId });
    expect(write?.record).not.toHaveProperty('StartTime');
  });

  test('of a conversation with its queue and nobody connected', () => {
    const [write] = writesFor({ kind: 'arrived', atMs: nowMs, stay: stayIn('GenesysSession') });
    expect(write?.record).toMatchObject({
      type: 'conversation',
      lastConnectedQueue: { id: queueOf('GenesysSession').key },
    });
    expect(write?.record).not.toHaveProperty('lastConnectedUser');
  });

  test('of a proxy session of its service, without a status', () => {
    const [write] = writesFor({ kind: 'arrived', atMs: nowMs, stay: stayIn('TwilioProxySession') });
    expect(write?.record).toMatchObject({ service_sid: queueOf('TwilioProxySession').key, mode: 'message-only' });
    expect(write?.record).not.toHaveProperty('status');
  });

  test('of a web session where nobody is asked for', () => {
    const [write] = writesFor({ kind: 'arrived', atMs: nowMs, stay: stayIn(undefined) });
    expect(write).toMatchObject({ object: 'GenesysSession', record: { type: 'web', pageviewCount: 1 } });
  });
});

describe('an answer is an update', () => {
  test.each([
    ['SOSSession', { OwnerId: '0055g1000000003', StartTime: now }],
    [
      'GenesysSession',
      { lastAcdOutcome: 'Answered', attributes: { waitSeconds: { dataType: 'integer', value: '12' } } },
    ],
    ['TwilioProxySession', { status: 'in-progress' }],
  ] as const)('of a %s', (family, record) => {
    const stay = stayIn(family, { answeredMs: nowMs, login: loginIn(family) });
    const writes = writesFor({ kind: 'answered', atMs: nowMs, stay, overtime: false });
    expect(writes).toHaveLength(1);
    expect(writes[0]).toMatchObject({ verb: 'update', object: family, record, of: stay });
  });

  test('and of the login, where the agent stays on for it', () => {
    const login = { ...loginIn('SOSSession'), untilMs: nowMs + 90_000 };
    const stay = stayIn('SOSSession', { answeredMs: nowMs, login });
    const [, write] = writesFor({ kind: 'answered', atMs: nowMs, stay, overtime: true });
    const LogoutTime = new Date(nowMs + 90_000).toISOString();
    expect(write).toMatchObject({ verb: 'update', object: 'LiveAgentSession', record: { LogoutTime }, of: login });
  });
});

describe('an end is an update', () => {
  test.each([
    ['SOSSession', { EndTime: now }],
    ['GenesysSession', { endedDate: now, durationInSeconds: 12 }],
    ['TwilioProxySession', { status: 'closed' }],
  ] as const)('of a %s, and of the login whose session it was', (family, record) => {
    const login = loginIn(family);
    const stay = stayIn(family, { answeredMs: nowMs - 10_000, endedMs: nowMs, login });
    const [first, second, ...more] = writesFor({ kind: 'ended', atMs: nowMs, stay });
    expect(first).toMatchObject({ verb: 'update', object: family, record, of: stay });
    expect(second).toMatchObject({ object: 'LiveAgentSession', of: login });
    expect(second?.record).toMatchObject({
      ChatReqEngaged: 5,
      TimeInChats: 1200,
      TimeInOnlineStatus: 3600,
      TimeIdle: 2400,
    });
    expect(more).toEqual([]);
  });

  test('of the session alone where the customer gave up', () => {
    const stay = stayIn('GenesysSession', { endedMs: nowMs });
    const writes = writesFor({ kind: 'left', atMs: nowMs, stay });
    expect(writes).toHaveLength(1);
    expect(writes[0]?.record).toMatchObject({ endedDate: now, lastAcdOutcome: 'Abandon' });
  });
});

test('a login is a create, owned by the queue, with the time it is planned to end', () => {
  const login = loginIn('SOSSession');
  expect(writesFor({ kind: 'logged-in', atMs: nowMs, login })).toMatchObject([
    {
      verb: 'create',
      object: 'LiveAgentSession',
      record: {
        OwnerId: login.agent.queue.groupId,
        LoginTime: '2026-03-05T13:00:30.000Z',
        LogoutTime: '2026-03-05T14:01:30.000Z',
      },
    },
  ]);
});

test('what goes on within sessions are updates of sessions that are open and of logins that go on', () => {
  const { centre } = createDay({ seed: 1, sessions: 4000, openedAtMs: nowMs });
  const open = new Set<Stay | Login>(centre.open);
  const random = new Random(1);
  const objects = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const write = writeWithin(centre, random, nowMs);
    if (write === undefined) continue;
    objects.add(write.object);
    expect(write.verb).toBe('update');
    expect(open.has(write.of) || 'agent' in write.of).toBe(true);
  }
  expect([...objects].sort()).toEqual(['GenesysSession', 'LiveAgentSession']);
});
