import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { FieldSpec } from '../../src/engine/definition/definition.ts';

/**
 * An object made for the laws: a field of every type there is, parents and children, nested values through objects,
 * lists and maps. Its values are drawn from small pools, so that records often agree and queries often find some.
 */

export const LETTERS = [
  'a',
  'A',
  'ab',
  'AB',
  'aB',
  'b',
  'a_b',
  'a%b',
  'ß',
  'ss',
  'SS',
  'é',
  'É',
  'e',
  'i',
  'İ',
  'z a',
  '\\',
  '10',
  '9',
  '\uffee',
  'a\u{1f600}',
];
const PICKED = ['Open', 'OPEN', 'Closed', 'waiting', 'Waiting', 'lost'];
const USERS = ['0055g00000ABcdeAAD', '0055g00000ABcdfAAD', '0055g00000ABcDeAAL'];
const INTS = [-7, -1, 0, 1, 2, 3, 10, 11, 999_999_999, -999_999_999];
const MOMENTS = [
  '1969-12-31T23:59:59.999Z',
  '2026-01-12T08:00:00.000Z',
  '2026-01-12T08:00:00.001Z',
  '2026-01-12T09:30:00.000Z',
  '2026-03-29T01:00:00.000Z',
  '3000-01-01T00:00:00.000Z',
];
const DAYS = ['2025-12-31', '2026-01-12', '2026-01-13', '2026-02-28'];

/** A place that queries can name, with values found there. */
export interface Pool {
  readonly path: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'dateTime' | 'date' | 'reference' | 'nested';
  readonly values: readonly (string | number | boolean)[];
  /** Whether a list lies on the way, so that one path can find several values. */
  readonly many?: boolean;
  readonly groupable?: boolean;
  /** Whether an index can stand on it. */
  readonly indexable?: boolean;
}

const scalar = { groupable: true, indexable: true };

/** The pools of fields that hold one value each. */
export const FIELD_POOLS: readonly Pool[] = [
  { path: 'Subject', kind: 'text', values: LETTERS, ...scalar },
  { path: 'Code', kind: 'text', values: LETTERS, ...scalar },
  { path: 'Notes', kind: 'text', values: LETTERS, groupable: true },
  { path: 'Phone', kind: 'text', values: LETTERS, ...scalar },
  { path: 'Status', kind: 'text', values: PICKED, ...scalar },
  { path: 'Tags', kind: 'text', values: ['x;y', 'X;Y', 'y'], ...scalar },
  { path: 'OwnerId', kind: 'reference', values: USERS, ...scalar },
  { path: 'Priority', kind: 'number', values: INTS, ...scalar },
  { path: 'Big', kind: 'number', values: [-2_147_483_647, 2_147_483_647, 0, 5], ...scalar },
  { path: 'Score', kind: 'number', values: [-1.5, 0, 0.1, 0.2, 0.30000000000000004, 1e21, 5e-324], ...scalar },
  { path: 'Open', kind: 'boolean', values: [true, false], ...scalar },
  { path: 'Active', kind: 'boolean', values: [true, false], ...scalar },
  { path: 'StartTime', kind: 'dateTime', values: MOMENTS, ...scalar },
  { path: 'Day', kind: 'date', values: DAYS, ...scalar },
];

/** Places inside nested values, and the system's own fields. */
export const OTHER_POOLS: readonly Pool[] = [
  { path: 'Labels', kind: 'text', values: LETTERS, many: true },
  { path: 'Levels', kind: 'number', values: INTS, many: true },
  { path: 'Device', kind: 'nested', values: [] },
  { path: 'Device.category', kind: 'text', values: PICKED, groupable: true },
  { path: 'Device.serial', kind: 'text', values: LETTERS, groupable: true },
  { path: 'Device.width', kind: 'number', values: INTS, groupable: true },
  { path: 'Device.since', kind: 'dateTime', values: MOMENTS },
  { path: 'Device.on', kind: 'boolean', values: [true, false] },
  { path: 'Device.screens', kind: 'nested', values: [], many: true },
  { path: 'Device.screens.dots', kind: 'number', values: INTS, many: true },
  { path: 'Device.screens.label', kind: 'text', values: PICKED, many: true },
  { path: 'Answers.first', kind: 'text', values: LETTERS },
  { path: 'CreatedDate', kind: 'dateTime', values: MOMENTS, indexable: true },
  { path: 'IsDeleted', kind: 'boolean', values: [true, false], indexable: true },
];

const ORDINARY = 'Create, Filter, Group, Nillable, Sort, Update';

const DEVICE: Record<string, FieldSpec> = {
  category: { type: 'string' },
  serial: { type: 'string', caseSensitive: true },
  width: { type: 'int' },
  since: { type: 'dateTime' },
  on: { type: 'boolean' },
  screens: { type: 'list', of: { type: 'object', fields: { dots: { type: 'int' }, label: { type: 'string' } } } },
};

/** The object, and one whose records hang on its records. */
export function createVisitObjects(text: 'trimmed' | 'verbatim'): readonly ObjectDefinition[] {
  const visit = defineObject({
    name: 'Visit',
    id: { kind: 'salesforce', prefix: 'a1V' },
    text,
    fields: {
      Name: {
        type: 'string',
        properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
        displayFormat: 'V-{0000}',
      },
      Subject: { type: 'string', properties: ORDINARY },
      Code: { type: 'string', properties: ORDINARY, caseSensitive: true },
      Notes: { type: 'textarea', properties: ORDINARY },
      Phone: { type: 'phone', properties: ORDINARY },
      Status: { type: 'picklist', properties: ORDINARY, values: ['Open', 'Closed'] },
      Tags: { type: 'multipicklist', properties: ORDINARY },
      OwnerId: { type: 'reference', properties: ORDINARY, referenceTo: ['User'] },
      ParentId: { type: 'reference', properties: ORDINARY, referenceTo: ['Visit'], cascadeDelete: true },
      Priority: { type: 'int', properties: ORDINARY },
      Big: { type: 'int', digits: 10, properties: ORDINARY },
      Score: { type: 'double', properties: ORDINARY },
      Open: { type: 'boolean', properties: ORDINARY },
      Active: { type: 'boolean', properties: 'Create, Defaulted on create, Filter, Group, Sort, Update' },
      StartTime: { type: 'dateTime', properties: ORDINARY },
      Day: { type: 'date', properties: ORDINARY },
      Labels: { type: 'list', of: { type: 'string' }, properties: ORDINARY },
      Levels: { type: 'list', of: { type: 'int' }, properties: ORDINARY },
      Device: { type: 'object', fields: DEVICE, properties: ORDINARY },
      Answers: { type: 'map', of: { type: 'string' }, properties: ORDINARY },
    },
    roles: { owner: 'CreatedById' },
  });
  const step = defineObject({
    name: 'Step',
    id: { kind: 'salesforce', prefix: 'a1S' },
    fields: {
      Name: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, Sort' },
      VisitId: {
        type: 'reference',
        properties: 'Create, Filter, Group, Sort, Update',
        referenceTo: ['Visit'],
        cascadeDelete: true,
      },
      Kind: { type: 'picklist', properties: ORDINARY },
    },
  });
  return [visit, step] as unknown as readonly ObjectDefinition[];
}

/** An index on every field that can have one, and some on several. */
export const ALL_INDEXES: readonly (readonly string[])[] = [
  ...[...FIELD_POOLS, ...OTHER_POOLS].filter((pool) => pool.indexable === true).map(({ path }) => [path]),
  ['Status', 'StartTime'],
  ['OwnerId', 'Priority'],
  ['Status', 'OwnerId', 'StartTime'],
  ['Active', 'Status'],
  ['Priority', 'Day'],
  ['Open', 'Active', 'Score'],
];
