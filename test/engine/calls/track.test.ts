import { beforeEach, describe, expect, test } from 'vitest';
import { SOSSession } from '../../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import {
  afterNoon,
  CHAT,
  idOf,
  issuesOf,
  NOON,
  OTHER_USER,
  openSessions,
  type SessionDatabase,
  USER,
} from '../../instruments/session-database.ts';

let db: SessionDatabase;
let advance: (ms: number) => void;

beforeEach(async () => {
  const opened = await openSessions();
  db = opened.db;
  advance = opened.env.advance;
});

describe('history', () => {
  test('has a row for each tracked field that changed, with the value before and after, in the same commit', async () => {
    const id = idOf(await db.SOSSession.create({ StartTime: NOON }));
    advance(1000);
    const before = db.sequence;
    await db.SOSSession.update({ Id: id, OwnerId: OTHER_USER, StartTime: afterNoon(500), AppVersion: '2' });
    expect(db.sequence).toBe(before + 1);
    const rows = db.SOSSessionHistory.find({ orderBy: [{ Field: 'asc' }] });
    expect(rows).toEqual([
      {
        Id: expect.stringMatching(/^017/),
        IsDeleted: false,
        SystemModstamp: afterNoon(1000),
        CreatedDate: afterNoon(1000),
        CreatedById: USER,
        SOSSessionId: id,
        Field: 'OwnerId',
        DataType: 'EntityId',
        OldValue: USER,
        NewValue: OTHER_USER,
      },
      expect.objectContaining({ Field: 'StartTime', DataType: 'DateTime', OldValue: NOON, NewValue: afterNoon(500) }),
    ]);
  });

  test('has none for a create, for fields not tracked and for values that stay what they were', async () => {
    const id = idOf(await db.SOSSession.create({ StartTime: NOON, AppVersion: '1' }));
    await db.SOSSession.update({
      Id: id,
      AppVersion: '2',
      StartTime: '2026-01-12T13:00:00+0100',
      OpentokSession: 'secret',
    });
    expect(db.SOSSessionHistory.size).toBe(0);
  });

  test('tells of values that came and went as null', async () => {
    const id = idOf(await db.SOSSession.create({}));
    await db.SOSSession.update({ Id: id, SessionRecordingUrl: 'https://example.com/1' });
    await db.SOSSession.update({ Id: id, SessionRecordingUrl: null });
    expect(
      db.SOSSessionHistory.find().map(({ DataType, OldValue, NewValue }) => [DataType, OldValue, NewValue]),
    ).toEqual([
      ['Url', null, 'https://example.com/1'],
      ['Url', 'https://example.com/1', null],
    ]);
  });

  test('is kept for upserts and transactions as well', async () => {
    const id = idOf(await db.SOSSession.create({}));
    await db.SOSSession.upsert('Id', { Id: id, StartTime: NOON });
    db.transaction((tx) => {
      tx.SOSSession.update({ Id: id, StartTime: afterNoon(1) });
      tx.SOSSession.update({ Id: id, StartTime: afterNoon(2) });
    });
    expect(db.SOSSessionHistory.find().map(({ OldValue, NewValue }) => [OldValue, NewValue])).toEqual([
      [null, NOON],
      [NOON, afterNoon(1)],
      [afterNoon(1), afterNoon(2)],
    ]);
  });

  test('leaves no row of a write that was refused', async () => {
    const id = idOf(await db.SOSSession.create({}));
    await db.SOSSession.update(
      [
        { Id: id, StartTime: NOON },
        { Id: id, OwnerId: 'nobody' },
      ],
      { allOrNone: true },
    );
    await issuesOf(() => db.SOSSession.update({ Id: id, StartTime: NOON, OwnerId: 'nobody' }));
    expect(() =>
      db.transaction((tx) => {
        tx.SOSSession.update({ Id: id, StartTime: NOON });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(db.SOSSessionHistory.size).toBe(0);
    expect(db.SOSSessionFeed.size).toBe(1);
  });

  test('of a chat session tracks its owner, agent and times', async () => {
    const id = idOf(await db.LiveAgentSession.create(CHAT));
    await db.LiveAgentSession.update({ Id: id, AgentId: OTHER_USER, LogoutTime: NOON, TimeIdle: 5 });
    expect(
      db.LiveAgentSessionHistory.find().map(({ LiveAgentSessionId, Field }) => [LiveAgentSessionId, Field]),
    ).toEqual([
      [id, 'AgentId'],
      [id, 'LogoutTime'],
    ]);
  });

  test('can be deleted by nobody and created by nobody', async () => {
    for (const name of ['create', 'update', 'delete', 'undelete'] as const) {
      expect(await issuesOf(() => (db.SOSSessionHistory[name] as (input: unknown) => unknown)({}))).toEqual([
        { statusCode: 'METHOD_NOT_ALLOWED', message: `SOSSessionHistory does not support ${name}()`, fields: [] },
      ]);
    }
  });

  test('says that a long value changed, without the value', async () => {
    const Note = defineObject({
      name: 'Note',
      history: { object: 'NoteHistory', parentField: 'NoteId', fields: ['Body', 'Secret', 'Count'] },
      fields: {
        Body: { type: 'textarea' },
        Secret: { type: 'encryptedstring', properties: 'Create, Nillable, Update' },
        Count: { type: 'int' },
      },
    });
    const NoteHistory = defineObject({
      name: 'NoteHistory',
      id: { kind: 'salesforce', prefix: '017' },
      fields: {
        NoteId: { type: 'reference', referenceTo: ['Note'], cascadeDelete: true },
        Field: { type: 'string' },
        DataType: { type: 'string' },
        OldValue: { type: 'anyType', properties: 'Nillable, Sort' },
        NewValue: { type: 'anyType', properties: 'Nillable, Sort' },
      },
    });
    const notes = await openDatabase({ name: 'notes', objects: [Note, NoteHistory], env: createFakeEnvironment() });
    const id = idOf(await notes.Note.create({ Body: 'a', Count: 1 }));
    await notes.Note.update({ Id: id, Body: 'b'.repeat(256), Secret: 'word', Count: 2 });
    await notes.Note.update({ Id: id, Body: 'b'.repeat(255) });
    expect(
      notes.NoteHistory.find().map(({ Field, DataType, OldValue, NewValue }) => [Field, DataType, OldValue, NewValue]),
    ).toEqual([
      ['Body', 'MultiLineText', null, null],
      ['Secret', null, null, null],
      ['Count', 'Double', 1, 2],
      ['Body', 'MultiLineText', null, null],
    ]);
  });

  test('is left out by a database that lacks the object for it', async () => {
    const alone = await openDatabase({
      name: 'alone',
      objects: [SOSSession],
      user: USER,
      env: createFakeEnvironment(),
    });
    const id = idOf(await alone.SOSSession.create({}));
    await alone.SOSSession.update({ Id: id, StartTime: NOON });
    expect(alone.SOSSession.get(id)?.StartTime).toBe(NOON);
  });
});

describe('the feed', () => {
  test('has an item for the creation and one for each change of tracked fields', async () => {
    const id = idOf(await db.SOSSession.create({ AppVersion: '1' }));
    await db.SOSSession.update({ Id: id, AppVersion: '2' });
    advance(1000);
    await db.SOSSession.update({ Id: id, StartTime: NOON, EndTime: afterNoon(1) });
    const items = db.SOSSessionFeed.find();
    expect(items.map(({ Type, ParentId, CreatedDate }) => [Type, ParentId, CreatedDate])).toEqual([
      ['CreatedRecordEvent', id, NOON],
      ['TrackedChange', id, afterNoon(1000)],
    ]);
    expect(items[0]).toMatchObject({
      Id: expect.stringMatching(/^0D5/),
      InsertedById: USER,
      CreatedById: USER,
      CommentCount: 0,
      LikeCount: 0,
      IsRichText: false,
      Body: null,
    });
  });

  test('is there for records made in bulk', async () => {
    const results = await db.SOSSession.create([{}, { OwnerId: 'nobody' }, {}] as never[]);
    expect(db.SOSSessionFeed.find().map(({ ParentId }) => ParentId)).toEqual([results[0]?.id, results[2]?.id]);
  });

  test('can be deleted from and not posted to', async () => {
    await db.SOSSession.create({});
    const item = db.SOSSessionFeed.find()[0]?.Id as string;
    expect(await db.SOSSessionFeed.delete(item)).toMatchObject({ success: true });
    expect(await issuesOf(() => db.SOSSessionFeed.create({} as never))).toMatchObject([
      { statusCode: 'METHOD_NOT_ALLOWED' },
    ]);
  });
});
