import type { ChildRelationship, FieldDescription, LayoutSection, ObjectDescription } from '../../index.ts';
import type { Row } from '../flatten-row.ts';
import { jsonText } from '../format-json.ts';
import type { Session } from '../session.ts';
import { type Answer, type Noun, showRows } from '../show-rows.ts';
import { visibleText } from '../visible-text.ts';
import { expectCount, readArguments } from './read-arguments.ts';

/** What can be done with a field, a letter each. */
const ABILITIES = [
  ['c', 'create', 'createable'],
  ['u', 'update', 'updateable'],
  ['f', 'filter', 'filterable'],
  ['s', 'sort', 'sortable'],
  ['g', 'group', 'groupable'],
  ['n', 'nillable', 'nillable'],
  ['d', 'defaulted', 'defaultedOnCreate'],
  ['i', 'idLookup', 'idLookup'],
  ['q', 'unique', 'unique'],
] as const;

const FIELDS: Noun = ['field', 'fields'];
const DETAILS = 'refers to, or holds';

function typeText({ type, length, digits }: FieldDescription): string {
  if (type === 'int') return `int(${digits})`;
  return length > 0 ? `${type}(${length})` : type;
}

function detailText({ relationshipName, referenceTo, picklistValues, fields }: FieldDescription): string {
  if (referenceTo.length > 0) return `${relationshipName ?? ''} -> ${referenceTo.join(', ')}`.trim();
  if (fields !== null) return fields.map(({ name }) => name).join(', ');
  return picklistValues.map(({ value }) => value).join(' | ');
}

function fieldRow(field: FieldDescription): Row {
  const can = ABILITIES.map(([letter, , flag]) => (field[flag] ? letter : '-')).join('');
  return { field: field.name, type: typeText(field), can, [DETAILS]: detailText(field) };
}

async function showTitled(session: Session, title: string, answer: Answer): Promise<void> {
  await session.out.write(`${session.paint(title, 'strong')}\n`);
  await showRows({ ...session, isInteractive: false }, answer);
}

/** Children that a query can ask for; the other references to an object are only counted. */
async function showChildren(session: Session, children: readonly ChildRelationship[]): Promise<void> {
  const { out, paint } = session;
  if (children.length === 0) return;
  const named = children.filter(({ relationshipName }) => relationshipName !== null);
  await out.write('\n');
  const rows = named.map(({ relationshipName, childSObject, field, cascadeDelete }) => ({
    children: relationshipName,
    object: childSObject,
    field,
    'deleted along': cascadeDelete ? 'yes' : null,
  }));
  await showTitled(session, 'Children', { rows, noun: ['child', 'children'] });
  const others = children.length - named.length;
  const references = others === 1 ? '1 reference' : `${others} references`;
  if (others > 0) await out.write(`${paint(`${references} more, without a name to query them by`, 'quiet')}\n`);
}

async function showObject(session: Session, object: ObjectDescription): Promise<void> {
  const { out, paint, settings } = session;
  const { name, label, keyPrefix, fields, childRelationships, supportedCalls } = object;
  if (settings.format === 'json') return out.write(`${jsonText(object, 2)}\n`);
  const rows = fields.map(fieldRow);
  if (settings.format === 'csv') return showRows(session, { rows });
  const prefix = keyPrefix === null ? '' : `, ids begin with ${keyPrefix}`;
  await showTitled(session, visibleText(`${name} (${label}${prefix})`), {
    rows,
    noun: FIELDS,
    leastNeeded: DETAILS,
  });
  const legend = ABILITIES.map(([letter, word]) => `${letter} ${word}`);
  await out.write(`${paint(wrap(legend, ', ', session.width()), 'quiet')}\n`);
  await showChildren(session, childRelationships);
  await out.write(`\n${paint('Calls', 'strong')}\n${wrap(supportedCalls, ' ', session.width())}\n`);
}

/** Words in lines of at most `width`. */
function wrap(words: readonly string[], separator: string, width: number): string {
  let line = '';
  const lines: string[] = [];
  for (const word of words) {
    if (line !== '' && line.length + separator.length + word.length >= width) {
      lines.push(line + separator.trimEnd());
      line = '';
    }
    line += line === '' ? word : separator + word;
  }
  return [...lines, line].join('\n');
}

async function listObjects(session: Session): Promise<void> {
  const { db, catalog } = session;
  const rows = catalog.names.map((name) => {
    const { label, fields } = catalog.must(name);
    return { object: name, label, fields: fields.length, records: db.collection(name).size };
  });
  const answer: Answer = { rows, noun: ['object', 'objects'], leastNeeded: 'label' };
  await showRows({ ...session, isInteractive: false }, answer);
}

/** Describes the objects there are, or one. */
export async function d(session: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 0, 1, '\\d [Object]');
  const [name] = words;
  await (name === undefined ? listObjects(session) : showObject(session, session.catalog.must(name)));
}

function sectionRows({ heading, layoutRows }: LayoutSection): Row[] {
  const items = layoutRows.flatMap(({ layoutItems }) => layoutItems);
  return items.flatMap(({ placeholder, label, required, editableForNew, editableForUpdate, layoutComponents }) => {
    if (placeholder) return [];
    const edit = [editableForNew ? 'new' : '', editableForUpdate ? 'later' : ''].filter((word) => word !== '');
    const fields = layoutComponents.map(({ value }) => value).join(', ');
    return [{ section: heading, label, field: fields, required: required ? 'yes' : null, editable: edit.join(', ') }];
  });
}

/** Shows how an object's fields are laid out. */
export async function layout(session: Session, given: string): Promise<void> {
  const words = readArguments(given);
  expectCount(words, 1, 1, '\\layout Object');
  const { name } = session.catalog.must(words[0] as string);
  const described = session.db.collection(name).describeLayout();
  const { out, settings } = session;
  if (settings.format === 'json') return out.write(`${jsonText(described, 2)}\n`);
  const [{ detailLayoutSections, relatedLists }] = described.layouts;
  if (settings.format === 'csv') return showRows(session, { rows: detailLayoutSections.flatMap(sectionRows) });
  for (const section of detailLayoutSections) {
    const rows = sectionRows(section).map(({ section: _, ...row }) => row);
    await showTitled(session, visibleText(section.heading), { rows, noun: FIELDS, leastNeeded: 'label' });
    await out.write('\n');
  }
  if (relatedLists.length > 0)
    await showTitled(session, 'Related lists', {
      rows: relatedLists.map((list) => ({ ...list })),
      noun: ['list', 'lists'],
    });
}
