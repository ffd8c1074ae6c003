import { randomInt } from 'node:crypto';
import { salesforce } from '../../src/collections/catalog.ts';
import { type Database, type DatabaseOptions, defineObject, openDatabase } from '../../src/index.ts';
import { USER } from './session-database.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A text that stands nowhere else. */
function canary(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

const Memo = defineObject({
  name: 'CanaryMemo',
  fields: {
    Secret: { type: 'encryptedstring', length: 128, properties: 'Create, Nillable, Update' },
    Body: { type: 'textarea', length: 32_000, properties: 'Create, Nillable, Update' },
    Nested: { type: 'object', fields: { inner: { type: 'string' } } },
  },
});

const OBJECTS = [...salesforce, Memo] as const;
type CanaryDatabase = Database<typeof OBJECTS>;

export function openCanaries(options: Pick<DatabaseOptions<[]>, 'storage' | 'key'>): Promise<CanaryDatabase> {
  return openDatabase({ name: 'cage', objects: OBJECTS, user: USER, ...options }) as unknown as Promise<CanaryDatabase>;
}

/** Writes records with a text of its own in every field that takes one. Gives the texts: of values, ids, and names of fields. */
export async function releaseCanaries(db: CanaryDatabase, rounds = 5): Promise<readonly string[]> {
  const canaries = ['OpentokSession', 'SessionRecordingUrl', 'LiveAgentSession', 'CanaryMemo'];
  const token = (length = 24) => {
    const made = canary(length);
    canaries.push(made);
    return made;
  };
  for (let round = 0; round < rounds; round++) {
    const sos = await db.SOSSession.create({
      AppVersion: token(),
      CaseId: `500${token(12)}`,
      IpAddress: token(),
      OpentokSession: token(),
      SessionRecordingUrl: `https://example.com/${token()}`,
      SosVersion: token(),
      SystemInfo: token(),
    });
    const chat = await db.LiveAgentSession.create({
      AgentId: `005${token(12)}`,
      LoginTime: '2026-01-12T08:00:00.000Z',
      LogoutTime: '2026-01-12T16:00:00.000Z',
    });
    const body = `${token()} ${'the quick brown fox '.repeat(500)}${token()}`;
    await db.CanaryMemo.create({ Secret: token(), Body: body, Nested: { inner: token() } });
    for (const { id } of [sos, chat]) canaries.push((id as string).slice(0, 15));
    // What was, is stored too.
    await db.SOSSession.update({ Id: sos.id as string, SystemInfo: token() });
    if (round % 2 === 1) await db.SOSSession.delete(sos.id as string);
  }
  return canaries;
}

/** The canaries that stand in bytes, as UTF-8 or UTF-16. */
export function findCanaries(canaries: readonly string[], bytes: readonly Uint8Array[]): readonly string[] {
  const all = Buffer.concat(bytes);
  return canaries.filter((text) => all.includes(text, 0, 'utf8') || all.includes(text, 0, 'utf16le'));
}
