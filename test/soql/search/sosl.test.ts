import { beforeAll, describe, expect, test } from 'vitest';
import { genesys, salesforce, twilio } from '../../../src/collections/catalog.ts';
import { type EngineError, openDatabase } from '../../../src/index.ts';
import { soql } from '../../../src/soql/soql-tag.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { errorOf, idOf, USER } from '../../instruments/session-database.ts';

async function openPeople() {
  const objects = [...salesforce, ...genesys, ...twilio] as const;
  const db = await openDatabase({ name: 'people', objects, user: USER, env: createFakeEnvironment() });
  const person = (LastName: string, more = {}) => ({ LastName, ...more });
  const contacts = await db.Contact.create([
    person('Smith', { FirstName: 'Joe', Email: 'joe@smith.example', Phone: '415 555 0100', Title: 'Agent' }),
    person('Smythe', { FirstName: 'Joan', Title: 'Senior agent', Description: 'knows Joe Smith well' }),
    person('Miller', { FirstName: 'Joe', MailingCity: 'Smithfield', Title: 'Lead' }),
    person("O'Brien", { FirstName: 'Ann-Marie', Email: 'ann@smith.example', Description: 'smith, joe' }),
  ]);
  await db.Case.create([
    { Subject: 'Joe cannot log in', Status: 'New', Origin: 'Web', ContactId: contacts[0]?.id ?? null },
    { Subject: 'Invoice', Status: 'New', Origin: 'Phone', Description: 'asked by smith' },
  ]);
  await db.SOSSession.create({ SystemInfo: 'iOS 17.4; iPhone15,2', AppVersion: '4.12.0', OpentokSession: 'smith' });
  return { db, contacts: contacts.map(idOf) };
}

let people: Awaited<ReturnType<typeof openPeople>>;
beforeAll(async () => {
  people = await openPeople();
});

/** The last names of the contacts that FIND gives. */
async function contactsOf(find: string, rest = ''): Promise<unknown[]> {
  const { searchRecords } = await people.db.search(`FIND ${find} RETURNING Contact(LastName${rest})`);
  return searchRecords.map(({ LastName }) => LastName);
}
const sorted = async (find: string, group = 'ALL') => {
  const text = `FIND ${find} IN ${group} FIELDS RETURNING Contact(LastName ORDER BY LastName)`;
  return (await people.db.search(text)).searchRecords.map(({ LastName }) => LastName);
};
const refusal = (text: string, options = {}): Promise<EngineError> => errorOf(() => people.db.search(text, options));

describe('what FIND finds:', () => {
  test.each([
    ['a word, in any case', '{SMITH}', ["O'Brien", 'Smith', 'Smythe']],
    ['two words, both of them', '{joe smith}', ["O'Brien", 'Smith', 'Smythe']],
    ['the same with AND', '{joe and smith}', ["O'Brien", 'Smith', 'Smythe']],
    ['either with OR', '{miller OR smythe}', ['Miller', 'Smythe']],
    ['AND before OR', '{lead OR senior AND agent}', ['Miller', 'Smythe']],
    ['parentheses first', '{(lead OR senior) AND agent}', ['Smythe']],
    ['one but not the other', '{joe AND NOT miller}', ["O'Brien", 'Smith', 'Smythe']],
    ['AND NOT from the right', '{joe AND NOT smith AND smythe}', ['Miller', "O'Brien", 'Smith']],
    ['words side by side', '{"joe smith"}', ['Smith', 'Smythe']],
    ['a sign between them parts words', '{"smith joe"}', ["O'Brien"]],
    ['an end left open', '{smi*}', ['Miller', "O'Brien", 'Smith', 'Smythe']],
    ['a middle left open', '{sm*th}', ["O'Brien", 'Smith', 'Smythe']],
    ['one letter left open', '{sm?th?}', ['Smythe']],
    ['signs behind a backslash', "{O\\'Brien}", ["O'Brien"]],
    ['and so behind another', '{Ann\\-Marie}', ["O'Brien"]],
    ['an address as it is written', '{joe@smith.example}', ['Smith']],
    ['nothing of what nobody wrote', '{smithe}', []],
  ])('%s', async (_, find, names) => {
    expect(await sorted(find)).toEqual(names);
  });

  test('in the texts of a group alone', async () => {
    expect(await sorted('{smith}', 'NAME')).toEqual(['Smith']);
    expect(await sorted('{smith}', 'EMAIL')).toEqual(["O'Brien", 'Smith']);
    expect(await sorted('{0100}', 'PHONE')).toEqual(['Smith']);
    expect(await sorted('{smith}', 'SIDEBAR')).toEqual(["O'Brien", 'Smith']);
  });

  test('never what is encrypted, nor what has been deleted', async () => {
    const { db } = people;
    expect((await db.search('FIND {smith} RETURNING SOSSession')).searchRecords).toEqual([]);
    const id = idOf(await db.Contact.create({ LastName: 'Fleeting' }));
    expect(await contactsOf('{fleeting}')).toEqual(['Fleeting']);
    await db.Contact.delete(id);
    expect(await contactsOf('{fleeting}')).toEqual([]);
  });

  test('a text in quotes or a bind, as Apex has it', async () => {
    const { db } = people;
    expect(await contactsOf("'miller'")).toEqual(['Miller']);
    const { searchRecords } = await db.search('FIND :text RETURNING Contact(LastName)', { binds: { text: 'mill*' } });
    expect(searchRecords.map(({ LastName }) => LastName)).toEqual(['Miller']);
    const name = 'miller';
    const bound = await db.search(soql`FIND ${name} RETURNING Contact(LastName WHERE FirstName = ${'Joe'})`);
    expect(bound.searchRecords.map(({ LastName }) => LastName)).toEqual(['Miller']);
    expect(() => soql`FIND {${name}} RETURNING Contact`).toThrow(/within quotes or braces/);
  });

  test('a bound text as people type it: no sign of it is refused, and no error shows it', async () => {
    const { db } = people;
    const bound = async (text: string) =>
      (await db.search('FIND :text RETURNING Contact(LastName)', { binds: { text } })).searchRecords.map(
        ({ LastName }) => LastName,
      );
    expect(await bound("o'brien")).toEqual(["O'Brien"]);
    expect(await bound('ann-marie')).toEqual(["O'Brien"]);
    expect(await bound('"joe smith"')).toEqual(['Smith', 'Smythe']);
    expect(await bound('miller OR smythe')).toHaveLength(2);
    expect(await bound('miller (')).toEqual(['Miller']);
    expect(await bound('"miller')).toEqual(['Miller']);
    expect(await bound('2f1d1c3a-4a57-4c1f-9d6b-7a6a0d6f2b11')).toEqual([]);
    for (const nothing of ['', ' ', '*', '?', '!!!', 'OR', '()']) expect(await bound(nothing), nothing).toEqual([]);
    expect(await bound('*miller')).toEqual(['Miller']);
    expect(await bound('mi*')).toEqual(['Miller']);
    expect(await bound('miller C++')).toEqual([]);
  });

  test('pieces of nothing but signs, which ask for nothing', async () => {
    expect(await sorted('{miller AND @@}')).toEqual(['Miller']);
    expect(await sorted('{@@ AND miller}')).toEqual(['Miller']);
    expect(await sorted('{miller AND NOT @@}')).toEqual(['Miller']);
  });

  test('a UUID with wildcards', async () => {
    const { db } = people;
    const ipOrganization = 'deadbeef-1234-4abc-8def-0123456789ab';
    await db.GenesysSession.import([{ id: ipOrganization, type: 'web', customerId: ipOrganization }]);
    for (const text of ['deadbeef\\-1234*', 'deadbeef\\-1234\\-4abc\\-8def\\-0123456789a?', 'deadbee*'])
      expect((await db.search(`FIND {${text}} RETURNING GenesysSession`)).searchRecords, text).toHaveLength(1);
  });

  test('without operators beyond 4,000 characters, and nothing beyond 10,000', async () => {
    const long = `miller AND NOT joe ${'zzzz '.repeat(800)}`;
    expect(await sorted(`{${long}}`)).toEqual(['Miller', "O'Brien", 'Smith', 'Smythe']);
    expect(await sorted(`{miller ${'zzzz '.repeat(2000)}}`)).toEqual([]);
  });
});

describe('RETURNING', () => {
  test('gives the fields named, with the object and address of each record', async () => {
    const { db, contacts } = people;
    const { searchRecords } = await db.search('FIND {miller} RETURNING Contact(Id, LastName, CreatedDate)');
    const attributes = { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${contacts[2]}` };
    expect(searchRecords).toEqual([
      { attributes, Id: contacts[2], LastName: 'Miller', CreatedDate: '2026-01-12T12:00:00.000Z' },
    ]);
    const rest = await db.search('FIND {miller} RETURNING Contact(CreatedDate)', { form: 'rest' });
    expect(rest.searchRecords).toEqual([{ attributes, CreatedDate: '2026-01-12T12:00:00.000+0000' }]);
  });

  test('gives ids where no fields are named, object by object in the order named', async () => {
    const { searchRecords } = await people.db.search('FIND {joe} RETURNING Case, Contact');
    expect(searchRecords.map(({ attributes }) => attributes.type)).toEqual([
      'Case',
      'Contact',
      'Contact',
      'Contact',
      'Contact',
    ]);
    expect(Object.keys(searchRecords[0] ?? {})).toEqual(['attributes', 'Id']);
  });

  test('absent gives the ids of every object that is searched, whatever the id is called', async () => {
    const { db } = people;
    await db.TwilioProxyService.create({ unique_name: 'smith-lines' });
    const types = (await db.search('FIND {smith}')).searchRecords.map(({ attributes }) => attributes.type);
    expect(new Set(types)).toEqual(new Set(['Contact', 'Case', 'TwilioProxyService']));
    const { searchRecords } = await db.search('FIND {smith} RETURNING TwilioProxyService');
    expect(Object.keys(searchRecords[0] ?? {})).toEqual(['attributes', 'sid']);
  });

  test('takes parents, toLabel, WHERE, ORDER BY, LIMIT and OFFSET', async () => {
    const { db } = people;
    expect(await contactsOf('{joe}', " WHERE Title LIKE '%agent' ORDER BY LastName DESC")).toEqual(['Smythe', 'Smith']);
    expect(await contactsOf('{joe}', ' ORDER BY LastName LIMIT 2 OFFSET 1')).toEqual(["O'Brien", 'Smith']);
    expect(await contactsOf('{joe}', " WHERE Email != null AND LastName = 'Smith' LIMIT 1")).toEqual(['Smith']);
    const { searchRecords } = await db.search('FIND {joe} RETURNING Case(toLabel(Status), Contact.LastName)');
    expect(searchRecords[0]).toMatchObject({ Status: 'New', Contact: { LastName: 'Smith' } });
  });

  test('shares a LIMIT among the objects evenly, and gives the rest to those that have more', async () => {
    const count = async (limits: string) => {
      const { searchRecords } = await people.db.search(`FIND {joe OR smith} RETURNING ${limits}`);
      return ['Contact', 'Case'].map(
        (type) => searchRecords.filter(({ attributes }) => attributes.type === type).length,
      );
    };
    expect(await count('Contact, Case LIMIT 2')).toEqual([1, 1]);
    expect(await count('Contact, Case LIMIT 5')).toEqual([3, 2]);
    expect(await count('Contact, Case LIMIT 0')).toEqual([0, 0]);
    expect(await count('Contact(Id LIMIT 1), Case LIMIT 5')).toEqual([1, 2]);
  });

  test('tells the labels of its fields WITH METADATA', async () => {
    const { metadata } = await people.db.search(
      "FIND {joe} RETURNING Contact(Id, LastName), Case(Contact.Email) WITH METADATA = 'LABELS' LIMIT 1",
    );
    expect(metadata).toEqual({
      entityetadata: [
        {
          entityName: 'Contact',
          fieldMetadata: [
            { name: 'Id', label: 'Contact ID' },
            { name: 'LastName', label: 'Last Name' },
          ],
        },
        { entityName: 'Case', fieldMetadata: [{ name: 'Contact.Email', label: 'Email' }] },
      ],
    });
  });

  test('gives 250 records of an object, more where a clause says so, and 2,000 in all', async () => {
    const db = await openDatabase({ name: 'many', objects: salesforce, user: USER, env: createFakeEnvironment() });
    await db.Contact.create(Array.from({ length: 2100 }, () => ({ LastName: 'Many' })));
    const rows = async (text: string) => (await db.search(`FIND {many} ${text}`)).searchRecords.length;
    expect(await rows('RETURNING Contact')).toBe(250);
    expect(await rows('RETURNING Contact(Id ORDER BY Id)')).toBe(2000);
    expect(await rows('RETURNING Contact(Id LIMIT 300)')).toBe(300);
    await db.close();
  });
});

describe('a search refused says where and in whose words:', () => {
  const NO_TERM = 'No search term found. The search term must be enclosed in braces.';
  test.each([
    ['FIND smith', 'MALFORMED_SEARCH', 5, NO_TERM],
    ['FIND {smith', 'MALFORMED_SEARCH', 5, NO_TERM],
    ['FIND {}', 'MALFORMED_SEARCH', 6, NO_TERM],
    ['FIND {Marie-Pier Martin}', 'MALFORMED_SEARCH', 11, "line 1:11 mismatched character '-' expecting '}'"],
    ['FIND {name} IN ALL TYPE RETURNING Contact(Name)', 'MALFORMED_SEARCH', 19, 'Malformed search token: TYPE'],
    ['FIND {a}', 'MALFORMED_SEARCH', 6, 'search term must be longer than one character: A'],
    ['FIND {a*}', 'MALFORMED_SEARCH', 6, 'search term must be longer than one character: A'],
    ['FIND {,}', 'MALFORMED_SEARCH', 6, 'search term must be longer than one character: '],
    ['FIND {*th}', 'MALFORMED_SEARCH', 6, 'a search term cannot begin with a wildcard'],
    ['FIND {joe AND}', 'MALFORMED_SEARCH', 13, "unexpected token: '<EOF>'"],
    ['FIND {joe NOT ann}', 'MALFORMED_SEARCH', 10, "unexpected token: 'NOT'"],
    ['FIND {(joe}', 'MALFORMED_SEARCH', 10, "unexpected token: '<EOF>'"],
    ['FIND {joe} IN FIELDS RETURNING Contact', 'MALFORMED_SEARCH', 14, 'Malformed search token: FIELDS'],
    [`FIND {${'joe* OR '.repeat(33)} joe}`, 'MALFORMED_SEARCH', 6, 'a search has at most 32 terms with wildcards'],
    ['FIND {joe} RETURNING', 'MALFORMED_SEARCH', 20, "unexpected token: '<EOF>'"],
    ['FIND {joe} RETURNING Contact, contact', 'MALFORMED_SEARCH', 30, 'RETURNING names an object once'],
    ['FIND {joe} RETURNING Contact(COUNT())', 'MALFORMED_QUERY', 30, 'Field must be grouped or aggregated: COUNT'],
    ['FIND {joe} RETURNING Contact((SELECT Id FROM Cases))', 'MALFORMED_SEARCH', 30, "unexpected token: 'SELECT'"],
    ['FIND {joe} RETURNING Contact(Id USING ListView=Mine)', 'MALFORMED_SEARCH', 32, 'there are no list views'],
    ['FIND {joe} RETURNING SOSDeployment', 'INVALID_SEARCH', 21, 'SOSDeployment does not support search()'],
    ['FIND {joe} RETURNING Contact(Id OFFSET 1), Case', 'INVALID_SEARCH', 21, 'OFFSET is of a search of one object'],
    ['FIND {joe} RETURNING Contact(Id OFFSET 2001)', 'INVALID_SEARCH', 39, 'SOSL offset should be between 0 to 2000'],
    ['FIND {joe} LIMIT 2001', 'INVALID_SEARCH', 17, 'SOSL limit should be between 0 to 2000'],
    ['FIND {joe} WITH DIVISION = x', 'MALFORMED_SEARCH', 16, 'WITH DIVISION is not known of these objects'],
    ['FIND {joe} and', 'MALFORMED_SEARCH', 11, "unexpected token: 'and'"],
  ])('%s', async (text, code, column, words) => {
    const error = await refusal(text);
    expect(error.code).toBe(code);
    expect(error.message.split('\n').slice(3)).toEqual([`ERROR at Row:1:Column:${column}`, words]);
  });

  test('in a later line as well', async () => {
    const { message } = await refusal('FIND {joe}\nRETURNNG Contact');
    expect(message).toBe("\nRETURNNG Contact\n^\nERROR at Row:2:Column:0\nunexpected token: 'RETURNNG'");
    expect((await refusal('FIND {joe\n"ann}')).message).toMatch(/Row:2:Column:0\na quotation is not closed$/);
  });

  test('objects, fields and binds there are not', async () => {
    expect((await refusal('FIND {joe} RETURNING Nope')).code).toBe('INVALID_TYPE');
    expect((await refusal('FIND {joe} RETURNING Contact(Nope)')).code).toBe('INVALID_FIELD');
    expect((await refusal('FIND :text RETURNING Contact')).code).toBe('MALFORMED_QUERY');
    expect((await refusal('FIND :text', { binds: { text: 5 } })).code).toBe('MALFORMED_SEARCH');
    expect((await refusal('FIND {joe}', { batchSize: 5 })).code).toBe('INVALID_OPTION');
    expect((await refusal(5 as never)).code).toBe('MALFORMED_QUERY');
    expect((await refusal(`FIND {${'('.repeat(40)}joe${')'.repeat(40)}}`)).code).toBe('MALFORMED_SEARCH');
    expect((await refusal(`FIND {joe} RETURNING ${'x'.repeat(100_001)}`)).code).toBe('MALFORMED_SEARCH');
  });
});
