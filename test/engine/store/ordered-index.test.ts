import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineObject, type FieldDefinition } from '../../../src/engine/definition/define-object.ts';
import { Column } from '../../../src/engine/store/column.ts';
import { NULL_KEY } from '../../../src/engine/store/column-key.ts';
import { type Group, OrderedIndex } from '../../../src/engine/store/ordered-index.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const { fieldsByName } = defineObject({
  name: 'Visit',
  fields: {
    Kind: { type: 'string' },
    Agent: { type: 'string', caseSensitive: true },
    Count: { type: 'int' },
    At: { type: 'dateTime' },
  },
});
const NAMES = ['Kind', 'Agent', 'Count', 'At'] as const;
type Name = (typeof NAMES)[number];
type Row = Readonly<Record<Name, string | number | null>>;

const row: fc.Arbitrary<Row> = fc.record({
  Kind: fc.constantFrom('shop', 'SHOP', 'phone', null),
  Agent: fc.constantFrom('a', 'A', 'b', null),
  Count: fc.constantFrom(0, 1, 2, -5, null),
  At: fc.constantFrom('2026-01-12T08:00:00.000Z', '2026-01-12T09:00:00.000Z', '1969-01-01T00:00:00.000Z', null),
});

type Step =
  | { readonly kind: 'one' | 'many'; readonly rows: readonly Row[] }
  | { readonly kind: 'remove' | 'change'; readonly rows: readonly Row[]; readonly places: readonly number[] };

const SHAPES: readonly (readonly Name[])[] = [
  ['Kind'],
  ['Count'],
  ['Kind', 'Count'],
  ['Kind', 'Agent'],
  ['Count', 'At'],
  ['Count', 'Kind'],
  ['Kind', 'Agent', 'At'],
  ['At', 'Count', 'Agent', 'Kind'],
];

function keyOf(column: Column, slot: number): number {
  return column.isNull(slot) ? NULL_KEY : (column.values[slot] as number);
}

/** The (key, slot) entries of a group, read out. */
function entriesOf(group: Group | undefined): readonly number[] {
  if (group === undefined) return [];
  if (typeof group === 'number') return [group];
  const slots: number[] = [];
  group.visit(0, group.size, false, (slot) => slots.push(slot) > 0);
  return slots;
}

/** The keys under which `group` looks a slot up: codes in a flat index stand with null as -1. */
function groupKeys(index: OrderedIndex, slot: number): number[] {
  const flat = index.groupColumns.length === 1 && index.groupColumns[0]?.isCoded === true;
  return index.groupColumns.map((column) => (flat && column.isNull(slot) ? -1 : keyOf(column, slot)));
}

/** Every group holds just its slots, in order of the order field and then of creation, and nothing is held twice. */
function expectRight(index: OrderedIndex, slots: ReadonlySet<number>): void {
  const groups = new Map<string, { readonly keys: number[]; readonly slots: number[] }>();
  for (const slot of slots) {
    const keys = groupKeys(index, slot);
    const known = groups.get(keys.join());
    if (known === undefined) groups.set(keys.join(), { keys, slots: [slot] });
    else known.slots.push(slot);
  }
  for (const { keys, slots: members } of groups.values()) {
    const { orderColumn } = index;
    const order = (slot: number) => (orderColumn === undefined ? 0 : keyOf(orderColumn, slot));
    members.sort((left, right) => (order(left) === order(right) ? left - right : order(left) < order(right) ? -1 : 1));
    expect(entriesOf(index.group(keys))).toEqual(members);
  }
  expect(index.size).toBe(slots.size);
  expect(index.groupCount).toBe(index.groupColumns.length === 0 ? 1 : Math.max(1, groups.size));
}

describe.each(SHAPES.map((names) => [names.join(', '), names] as const))('an index on %s', (_, names) => {
  test('holds what a plain list of slots holds, put in one by one, many at once, taken out and put back', () => {
    const steps: fc.Arbitrary<readonly Step[]> = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constantFrom('one' as const, 'many' as const), rows: fc.array(row, { maxLength: 40 }) }),
        fc.record({
          kind: fc.constantFrom('remove' as const, 'change' as const),
          places: fc.array(fc.nat(), { maxLength: 25 }),
          rows: fc.array(row, { minLength: 1, maxLength: 5 }),
        }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        const columns = names.map((name) => new Column(fieldsByName.get(name) as FieldDefinition, 4096));
        const index = new OrderedIndex(columns);
        const held = new Set<number>();
        let next = 0;
        const set = (slot: number, values: Row) => {
          for (const [i, column] of columns.entries()) column.set(slot, values[names[i] as Name]);
        };
        for (const step of given) {
          if (!('places' in step)) {
            const slots = step.rows.map((values) => {
              set(next, values);
              held.add(next);
              return next++;
            });
            const { orderColumn } = index;
            if (step.kind === 'one') for (const slot of slots) index.insert(slot);
            else if (slots.length > 0)
              index.insertMany(
                Int32Array.from(
                  orderColumn === undefined
                    ? slots
                    : slots.sort((a, b) =>
                        keyOf(orderColumn, a) === keyOf(orderColumn, b)
                          ? a - b
                          : keyOf(orderColumn, a) < keyOf(orderColumn, b)
                            ? -1
                            : 1,
                      ),
                ),
              );
            continue;
          }
          for (const [i, place] of step.places.entries()) {
            const slot = [...held][place % held.size];
            if (slot === undefined) break;
            index.remove(slot);
            held.delete(slot);
            if (step.kind === 'remove') continue;
            set(slot, step.rows[i % step.rows.length] as Row);
            index.insert(slot);
            held.add(slot);
          }
        }
        expectRight(index, held);
      }),
      lawOptions(60),
    );
  });
});

describe('an index', () => {
  test('orders by its last field, unless that is a text, which only groups', () => {
    const make = (...names: Name[]) =>
      new OrderedIndex(names.map((name) => new Column(fieldsByName.get(name) as FieldDefinition, 16)));
    expect(make('Kind', 'At').orderColumn?.field.name).toBe('At');
    expect(make('Kind', 'At').groupColumns.map((column) => column.field.name)).toEqual(['Kind']);
    expect(make('At', 'Kind').orderColumn).toBeUndefined();
    expect(make('At', 'Kind').groupColumns.map((column) => column.field.name)).toEqual(['At', 'Kind']);
    expect(make('Kind', 'At').fields).toEqual(['Kind', 'At']);
  });

  test('keeps one slot bare and gives the group up with the last', () => {
    const kind = new Column(fieldsByName.get('Kind') as FieldDefinition, 16);
    const index = new OrderedIndex([kind]);
    kind.set(3, 'shop');
    index.insert(3);
    expect(index.group([0])).toBe(3);
    index.remove(3);
    expect(index.group([0])).toBeUndefined();
    expect(index.group([7])).toBeUndefined();
    expect(index.group([-1])).toBeUndefined();
  });
});
