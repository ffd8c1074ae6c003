import { describe, expect, test } from 'vitest';
import { Case, Contact, LiveAgentSessionShare, SOSSession, User } from '../../src/collections/catalog.ts';
import { NOW, runRule } from './read-fields.ts';

const started = {
  CreatedDate: '2026-02-03T14:20:00.000Z',
  StartTime: '2026-02-03T14:20:41.000Z',
  EndTime: '2026-02-03T14:41:29.000Z',
};

import { CHAT, idOf, issuesOf, OTHER_USER, openSessions } from '../instruments/session-database.ts';

describe('the durations of an SOS session', () => {
  test('are the whole seconds between creation, start and end', () => {
    expect(runRule(SOSSession, started).draft).toMatchObject({ WaitDuration: 41, SessionDuration: 1248 });
  });

  test('drop what is left of a second', () => {
    const ends = { StartTime: '2026-02-03T14:20:00.999Z', EndTime: '2026-02-03T14:20:02.998Z' };
    expect(runRule(SOSSession, { ...started, ...ends }).draft).toMatchObject({ WaitDuration: 0, SessionDuration: 1 });
  });

  test('count from the moment of the write where the record has no date of creation yet', () => {
    const { draft } = runRule(SOSSession, { StartTime: '2026-02-03T14:20:05.000Z', EndTime: null });
    expect(draft).toMatchObject({ WaitDuration: 5, SessionDuration: null });
    expect(NOW).toBe('2026-02-03T14:20:00.000Z');
  });

  test('are null while an end is missing', () => {
    const { draft } = runRule(SOSSession, { ...started, StartTime: null });
    expect(draft).toMatchObject({ WaitDuration: null, SessionDuration: null });
  });

  test('are null where the end lies before the start', () => {
    const { draft } = runRule(SOSSession, { ...started, EndTime: '2026-02-03T14:20:40.000Z' });
    expect(draft).toMatchObject({ WaitDuration: 41, SessionDuration: null });
  });

  test('are null where the span does not fit nine digits', () => {
    const { draft } = runRule(SOSSession, { ...started, EndTime: '3000-01-01T00:00:00.000Z' });
    expect(draft.SessionDuration).toBeNull();
  });

  test('stay as the vendor sent them until an end changes', () => {
    const before = { ...started, WaitDuration: 40, SessionDuration: 1250, CaseId: null };
    expect(runRule(SOSSession, { ...before, CaseId: 'x' }, before).draft).toMatchObject({
      WaitDuration: 40,
      SessionDuration: 1250,
    });
    expect(runRule(SOSSession, { ...before, EndTime: '2026-02-03T14:20:51.000Z' }, before).draft).toMatchObject({
      WaitDuration: 40,
      SessionDuration: 10,
    });
    expect(runRule(SOSSession, { ...before, EndTime: null }, before).draft.SessionDuration).toBeNull();
  });
});

describe.each([User, Contact])('the name of a $name', (definition) => {
  test('is first and last name', () => {
    expect(runRule(definition, { FirstName: 'Ada', LastName: 'Lovelace' }).draft.Name).toBe('Ada Lovelace');
    expect(runRule(definition, { FirstName: null, LastName: 'Lovelace' }).draft.Name).toBe('Lovelace');
  });

  test('keeps a middle name that came from an org until a part changes', () => {
    const before = { FirstName: 'Ada', LastName: 'King', Name: 'Ada Augusta King', Title: null };
    expect(runRule(definition, { ...before, Title: 'Countess' }, before).draft.Name).toBe('Ada Augusta King');
    expect(runRule(definition, { ...before, LastName: 'Lovelace' }, before).draft.Name).toBe('Ada Lovelace');
  });
});

describe('a case', () => {
  test('is closed by its status and opened again by it', () => {
    const open = runRule(Case, { Status: 'New', IsClosed: false, ClosedDate: null }).draft;
    expect(open).toMatchObject({ IsClosed: false, ClosedDate: null });
    const closed = runRule(Case, { ...open, Status: 'Closed' }, open).draft;
    expect(closed).toMatchObject({ IsClosed: true, ClosedDate: NOW });
    expect(runRule(Case, { ...closed, Status: 'Working' }, closed).draft).toMatchObject({
      IsClosed: false,
      ClosedDate: null,
    });
  });

  test('can be created closed', () => {
    expect(runRule(Case, { Status: 'Closed' }).draft).toMatchObject({ IsClosed: true, ClosedDate: NOW });
  });

  test('keeps what an org says of a status of its own', () => {
    const before = { Status: 'Resolved', IsClosed: true, ClosedDate: '2026-01-01T00:00:00.000Z', Subject: null };
    expect(runRule(Case, { ...before, Subject: 'x' }, before).draft).toMatchObject({ IsClosed: true });
  });
});

describe('a share', () => {
  test('made by hand has the row cause Manual', () => {
    const { draft, refusals } = runRule(LiveAgentSessionShare, { AccessLevel: 'Edit', RowCause: null });
    expect(draft.RowCause).toBe('Manual');
    expect(refusals).toEqual([]);
  });

  test('cannot give all access', () => {
    expect(runRule(LiveAgentSessionShare, { AccessLevel: 'All' }).refusals).toHaveLength(1);
  });

  test('that is not Manual cannot be edited', () => {
    const before = { AccessLevel: 'Read', RowCause: 'Rule' };
    expect(runRule(LiveAgentSessionShare, { ...before, AccessLevel: 'Edit' }, before).refusals).toHaveLength(1);
    const manual = { AccessLevel: 'Read', RowCause: 'Manual' };
    expect(runRule(LiveAgentSessionShare, { ...manual, AccessLevel: 'Edit' }, manual).refusals).toEqual([]);
  });
});

describe('share rows in a database', () => {
  const share = { ParentId: '', UserOrGroupId: OTHER_USER, AccessLevel: 'Read' } as const;

  test('that equal one that is there update it', async () => {
    const { db } = await openSessions();
    const ParentId = idOf(await db.LiveAgentSession.create(CHAT));
    const [first, second] = await db.LiveAgentSessionShare.create([
      { ...share, ParentId },
      { ...share, ParentId, AccessLevel: 'Edit' },
    ]);
    expect(second).toEqual({ id: first?.id, success: true, errors: [] });
    expect(db.LiveAgentSessionShare.find()).toMatchObject([{ Id: first?.id, AccessLevel: 'Edit', RowCause: 'Manual' }]);
  });

  test('are deleted by hand only where they were made so, and go with their session whatever made them', async () => {
    const { db } = await openSessions();
    const ParentId = idOf(await db.LiveAgentSession.create(CHAT));
    const manual = idOf(await db.LiveAgentSessionShare.create({ ...share, ParentId }));
    await db.LiveAgentSessionShare.import([{ ...share, ParentId, AccessLevel: 'All', RowCause: 'Owner' }]);
    const owner = db.LiveAgentSessionShare.findOne({ where: { RowCause: 'Owner' } })?.Id as string;
    expect(await issuesOf(() => db.LiveAgentSessionShare.delete(owner))).toMatchObject([
      { statusCode: 'INVALID_CROSS_REFERENCE_KEY' },
    ]);
    await db.LiveAgentSessionShare.delete(manual);
    expect(db.LiveAgentSessionShare.size).toBe(1);
    await db.LiveAgentSession.delete(ParentId);
    expect(db.LiveAgentSessionShare.size).toBe(0);
  });
});
