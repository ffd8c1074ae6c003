import { defineObject } from '../../../src/engine/definition/define-object.ts';
import type { ReadOptions } from '../../../src/engine/transfer/read-rows.ts';
import { readRows, type SourceRow } from '../../../src/engine/transfer/read-rows.ts';

/** An object with a field of every type, and two whose names collide with words of envelopes. */
const FIELDS = {
  Caption: { type: 'string' },
  Notes: { type: 'textarea' },
  Link: { type: 'url' },
  Mail: { type: 'email' },
  Phone: { type: 'phone' },
  Secret: { type: 'encryptedstring', properties: 'Create, Nillable, Update' },
  Status: { type: 'picklist', values: ['open', 'closed'] },
  Mode: { type: 'picklist', values: ['voice'], properties: 'Create, Nillable, Restricted picklist, Update' },
  Tags: { type: 'multipicklist', values: ['a', 'b'] },
  Agent: { type: 'reference', referenceTo: ['User'] },
  Open: { type: 'boolean' },
  Count: { type: 'int' },
  Score: { type: 'double' },
  Start: { type: 'dateTime' },
  Day: { type: 'date' },
  Anything: { type: 'anyType' },
  Device: { type: 'object', fields: { family: { type: 'string' }, width: { type: 'int' } } },
  Channels: { type: 'list', of: { type: 'string' } },
  Extras: { type: 'map', of: { type: 'double' } },
  items: { type: 'list', of: { type: 'string' } },
} as const;

export const VISIT = defineObject({ name: 'Visit', text: 'verbatim', listKeys: ['visits'], fields: FIELDS });
export const TRIMMED_VISIT = defineObject({ name: 'Visit', text: 'trimmed', listKeys: ['visits'], fields: FIELDS });

/** An object that has a field where Salesforce has its envelope. */
export const JOURNEY = defineObject({
  name: 'Journey',
  system: 'minimal',
  roles: { id: 'id' },
  id: { kind: 'uuid' },
  listKeys: ['entities'],
  fields: {
    id: { type: 'id' },
    attributes: { type: 'map', of: { type: 'object', fields: { value: { type: 'string' } } } },
  },
});

export async function readAll(source: unknown, options: Partial<ReadOptions> = {}): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const row of readRows(source, { definition: VISIT, ...options })) rows.push(row);
  return rows;
}

/** The records read, when there must be no problem. */
export async function readRecords(source: unknown, options: Partial<ReadOptions> = {}): Promise<unknown[]> {
  const rows = await readAll(source, options);
  return rows.map((row) => {
    if ('problem' in row) throw new Error(`row ${row.line}: ${row.problem}`);
    return row.value;
  });
}

/** Cuts bytes or text into chunks of `size`. */
export function* cut<T extends string | Uint8Array>(whole: T, size: number): Generator<T> {
  for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size) as T;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
