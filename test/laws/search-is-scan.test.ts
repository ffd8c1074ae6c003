import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { idOf, USER } from '../instruments/session-database.ts';

const Memo = defineObject({
  name: 'Memo__c',
  id: { kind: 'salesforce', prefix: 'a03' },
  fields: { Name: { type: 'string' }, Body__c: { type: 'textarea' }, Email__c: { type: 'email' } },
});

type Texts = { readonly Name: string | null; readonly Body__c: string | null; readonly Email__c: string | null };

/** A search as a tree of its own, which writes itself out as SOSL and says of a record's words whether they fit. */
type Sought =
  | { readonly kind: 'word'; readonly pattern: string }
  | { readonly kind: 'phrase'; readonly words: readonly string[] }
  | { readonly kind: 'and' | 'or' | 'not'; readonly left: Sought; readonly right: Sought };

const textOf = (sought: Sought): string => {
  if (sought.kind === 'word') return sought.pattern;
  if (sought.kind === 'phrase') return `"${sought.words.join(' ')}"`;
  const operator = { and: 'AND', or: 'OR', not: 'AND NOT' }[sought.kind];
  return `(${textOf(sought.left)} ${operator} ${textOf(sought.right)})`;
};

const wordsIn = (text: string | null) =>
  (text ?? '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/** Wildcards by the letter, from both ends of what is left. */
function fitsPattern(pattern: string, word: string): boolean {
  if (pattern === '') return word === '';
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === '*') return fitsPattern(rest, word) || (word !== '' && fitsPattern(pattern, word.slice(1)));
  return word !== '' && (first === '?' || first === word[0]) && fitsPattern(rest, word.slice(1));
}

function fits(sought: Sought, texts: readonly (string | null)[]): boolean {
  switch (sought.kind) {
    case 'word':
      return texts.some((text) => wordsIn(text).some((word) => fitsPattern(sought.pattern.toLowerCase(), word)));
    case 'phrase':
      return texts.some((text) => ` ${wordsIn(text).join(' ')} `.includes(` ${sought.words.join(' ').toLowerCase()} `));
    case 'and':
      return fits(sought.left, texts) && fits(sought.right, texts);
    case 'or':
      return fits(sought.left, texts) || fits(sought.right, texts);
    default:
      return fits(sought.left, texts) && !fits(sought.right, texts);
  }
}

const word = fc.constantFrom('al', 'alba', 'albert', 'bert', 'Berta', 'al5', 'x1', 'zz');
const text = fc.array(fc.tuple(word, fc.constantFrom(' ', '-', ', ', '\n')), { maxLength: 5 });
const written = text.map((pieces) => pieces.map(([each, sign]) => each + sign).join('') || null);
const texts: fc.Arbitrary<Texts> = fc.record({
  Name: written,
  Body__c: written,
  Email__c: fc.option(
    fc.tuple(word, word).map(([name, host]) => `${name}@${host}.example`),
    { nil: null },
  ),
});
const pattern = fc.oneof(word, fc.constantFrom('al*', 'a?ba', 'b*t', 'be?t*', 'al?', 'zz*', 'AL*B*T'));
const { sought } = fc.letrec<{ sought: Sought }>((tie) => ({
  sought: fc.oneof(
    { maxDepth: 3 },
    pattern.map((each): Sought => ({ kind: 'word', pattern: each })),
    fc.array(word, { minLength: 2, maxLength: 3 }).map((words): Sought => ({ kind: 'phrase', words })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const, 'not' as const), tie('sought'), tie('sought'))
      .map(([kind, left, right]): Sought => ({ kind, left, right })),
  ),
}));
const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), texts }),
  fc.record({ kind: fc.constant('update' as const), texts, at: fc.nat() }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'undelete' as const, 'purge' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('search' as const), sought, group: fc.constantFrom('ALL', 'NAME', 'EMAIL') }),
);

describe('a search finds what reading every record would', () => {
  test('after any history', async () => {
    const law = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const db = await openDatabase({ name: 'memos', objects: [Memo], user: USER, env: createFakeEnvironment() });
      const ids: string[] = [];
      const live = new Map<string, Texts>();
      const binned = new Map<string, Texts>();
      for (const each of steps) {
        if (each.kind === 'search') {
          const { searchRecords } = await db.search(
            `FIND {${textOf(each.sought)}} IN ${each.group} FIELDS RETURNING Memo__c(Id LIMIT 2000)`,
          );
          const expected = [...live]
            .filter(([, { Name, Body__c, Email__c }]) => {
              const all = { ALL: [Name, Body__c, Email__c], NAME: [Name], EMAIL: [Email__c] };
              return fits(each.sought, all[each.group as 'ALL' | 'NAME' | 'EMAIL']);
            })
            .map(([id]) => id);
          expect(searchRecords.map(({ Id }) => Id).sort()).toEqual(expected.sort());
          continue;
        }
        if (each.kind === 'create') {
          const id = idOf(await db.Memo__c.create(each.texts));
          ids.push(id);
          live.set(id, each.texts);
          continue;
        }
        const id = ids[each.at % Math.max(1, ids.length)] ?? '';
        if (each.kind === 'update' && live.has(id)) {
          await db.Memo__c.update({ Id: id, ...each.texts });
          live.set(id, each.texts);
        }
        const [from, to] = each.kind === 'delete' ? [live, binned] : [binned, live];
        const texts = from.get(id);
        if (each.kind === 'update' || texts === undefined) continue;
        from.delete(id);
        if (each.kind !== 'purge') to.set(id, texts);
        if (each.kind === 'purge') await db.Memo__c.emptyRecycleBin([id]);
        else await db.Memo__c[each.kind](id);
      }
      await db.close();
    });
    await fc.assert(law, lawOptions(150));
  });
});
