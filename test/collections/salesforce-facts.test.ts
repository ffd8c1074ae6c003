import { describe, expect, test } from 'vitest';
import { LiveAgentSession, SOSSession, salesforce } from '../../src/collections/catalog.ts';
import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { FieldSpec } from '../../src/engine/definition/definition.ts';
import { fieldOf, ownFieldNames, wordsOf } from './read-fields.ts';
import chatFacts from './seed-facts/LiveAgentSession.json' with { type: 'json' };
import sosFacts from './seed-facts/SOSSession.json' with { type: 'json' };

interface FieldFact {
  readonly name: string;
  readonly type: string;
  readonly properties: readonly string[];
  readonly referenceTo?: readonly string[];
  readonly alwaysBlank?: boolean;
}

interface ObjectFacts {
  readonly object: string;
  readonly availableSince: string;
  readonly calls: readonly string[];
  readonly associated: Readonly<Record<string, string>>;
  readonly fields: readonly FieldFact[];
}

const sessions: readonly (readonly [ObjectDefinition, ObjectFacts])[] = [
  [SOSSession, sosFacts],
  [LiveAgentSession, chatFacts],
];

describe.each(sessions)('$name against its reference', (definition, facts) => {
  test('has the name, version and calls of the reference', () => {
    expect(definition.name).toBe(facts.object);
    expect(definition.spec.since).toBe(facts.availableSince);
    expect([...definition.calls].sort()).toEqual([...facts.calls].sort());
  });

  test('has the fields of the reference, in its order, and none besides but the id', () => {
    expect(ownFieldNames(definition).filter((name) => name !== 'Id')).toEqual(facts.fields.map((field) => field.name));
  });

  test.each(facts.fields)('field $name has the type and properties of the reference', (fact) => {
    const field = fieldOf(definition, fact.name);
    expect(field.type).toBe(fact.type);
    expect(wordsOf(field)).toEqual([...fact.properties].sort());
    expect(field.alwaysBlank ?? false).toBe(fact.alwaysBlank ?? false);
    if (fact.referenceTo !== undefined) expect(field.referenceTo).toEqual(fact.referenceTo);
  });

  test('is owned by a user or a queue', () => {
    expect(fieldOf(definition, 'OwnerId')).toMatchObject({ referenceTo: ['Group', 'User'], relationshipName: 'Owner' });
    expect(definition.roles).toMatchObject({
      owner: 'OwnerId',
      viewed: 'LastViewedDate',
      referenced: 'LastReferencedDate',
    });
  });

  test('comes with its associated objects, which fall with it where they are its children', () => {
    for (const name of Object.keys(facts.associated)) {
      const associated: ObjectDefinition | undefined = salesforce.find((each) => each.name === name);
      expect(associated, name).toBeDefined();
      expect(associated?.spec.since).toBe(facts.availableSince);
      if (name.endsWith('OwnerSharingRule')) continue;
      const parents = (associated?.fields ?? []).filter((field) => field.referenceTo?.includes(facts.object));
      expect(parents.map((field) => field.cascadeDelete)).toEqual([true]);
    }
  });
});

test('a session on create requires what the reference neither defaults nor lets be null', () => {
  const required = (definition: ObjectDefinition) =>
    definition.fields
      .filter((field) => field.createable && !field.nillable && !field.defaultedOnCreate)
      .map((field) => field.name);
  expect(required(SOSSession)).toEqual([]);
  expect(required(LiveAgentSession)).toEqual(['AgentId', 'LoginTime', 'LogoutTime']);
});

test('lengths and digits are those of a real describe', () => {
  const lengths = { AppVersion: 64, IpAddress: 39, OpentokSession: 128, SosVersion: 64, SystemInfo: 128, Name: 255 };
  for (const [name, length] of Object.entries(lengths)) expect(fieldOf(SOSSession, name).length, name).toBe(length);
  for (const definition of [SOSSession, LiveAgentSession] as readonly ObjectDefinition[])
    for (const field of definition.fields) if (field.type === 'int') expect(field.digits, field.name).toBe(9);
});

test('key prefixes are those publicly known, and analogies where none is', () => {
  expect(Object.fromEntries(salesforce.map((each) => [each.name, each.id.prefix]))).toEqual({
    SOSSession: '0NX',
    SOSSessionActivity: '0NZ',
    SOSSessionFeed: '0D5',
    SOSSessionHistory: '017',
    SOSSessionOwnerSharingRule: '02c',
    SOSSessionShare: '02c',
    SOSDeployment: '0NW',
    LiveAgentSession: '0HK',
    LiveAgentSessionHistory: '017',
    LiveAgentSessionOwnerSharingRule: '02c',
    LiveAgentSessionShare: '02c',
    User: '005',
    Group: '00G',
    Case: '500',
    Contact: '003',
  });
});

/** Calls and properties of the objects around them, written down from the Object Reference a second time. */
const NAMED: Readonly<Record<string, { calls: string; fields: Readonly<Record<string, string>> }>> = {
  LiveAgentSessionHistory: {
    calls: 'describeSObjects getDeleted getUpdated query retrieve',
    fields: {
      LiveAgentSessionId: 'reference Filter, Group, Sort',
      Field: 'picklist Filter, Group, Restricted picklist, Sort',
      DataType: 'picklist Filter, Group, Nillable, Restricted picklist, Sort',
      OldValue: 'anyType Nillable, Sort',
      NewValue: 'anyType Nillable, Sort',
    },
  },
  SOSSessionShare: {
    calls: 'create delete describeSObjects query retrieve update upsert',
    fields: {
      AccessLevel: 'picklist Create, Filter, Group, Restricted picklist, Sort, Update',
      ParentId: 'reference Create, Filter, Group, Sort',
      RowCause: 'picklist Filter, Group, Restricted picklist, Sort',
      UserOrGroupId: 'reference Create, Filter, Group, Sort',
    },
  },
  SOSSessionOwnerSharingRule: {
    calls: 'create delete describeSObjects getDeleted getUpdated query retrieve update upsert',
    fields: {
      AccessLevel: 'picklist Create, Filter, Group, Restricted picklist, Sort, Update',
      Description: 'textarea Create, Filter, Nillable, Sort, Update',
      GroupId: 'reference Create, Filter, Group, Sort',
      Name: 'string Create, Filter, Group, idLookup, Sort, Update',
      UserOrGroupId: 'reference Create, Filter, Group, Sort',
    },
  },
  SOSSessionFeed: {
    calls: 'delete describeSObjects getDeleted getUpdated query retrieve',
    fields: {
      Body: 'textarea Nillable, Sort',
      CommentCount: 'int Filter, Group, Sort',
      InsertedById: 'reference Group, Nillable, Sort',
      LinkUrl: 'url Nillable, Sort',
      ParentId: 'reference Filter, Group, Sort',
      Type: 'picklist Filter, Group, Nillable, Restricted picklist, Sort',
      Visibility: 'picklist Filter, Group, Nillable, Restricted picklist, Sort',
    },
  },
  SOSSessionActivity: {
    calls: 'create delete describeSObjects getDeleted getUpdated query retrieve undelete update upsert',
    fields: {
      ActivityTime: 'dateTime Create, Filter, Sort',
      Name: 'string Autonumber, Defaulted on create, Filter, idLookup, Sort',
      SessionId: 'reference Create, Filter, Group, Sort',
    },
  },
  SOSDeployment: {
    calls: 'create describeSObjects query retrieve update upsert',
    fields: {
      DeveloperName: 'string Create, Filter, Group, Sort, Update',
      OptionsIsEnabled: 'boolean Create, Filter, Update',
      QueueId: 'reference Create, Filter, Group, Sort, Update',
    },
  },
};

test.each(Object.entries(NAMED))('%s has the calls and properties of the reference', (name, facts) => {
  const definition = salesforce.find((each) => each.name === name) as ObjectDefinition;
  expect([...definition.calls].sort()).toEqual(facts.calls.split(' '));
  for (const [field, words] of Object.entries(facts.fields)) {
    const spec: FieldSpec = fieldOf(definition, field);
    expect(`${spec.type} ${spec.properties}`, field).toBe(words);
  }
});

test('the two families are alike, but for the feed that chat sessions lack', () => {
  const byName = new Map<string, ObjectDefinition>(salesforce.map((each) => [each.name, each]));
  for (const kind of ['History', 'Share', 'OwnerSharingRule']) {
    const own = (prefix: string) => ownFieldNames(byName.get(`${prefix}${kind}`) as ObjectDefinition);
    expect(own('SOSSession').map((name) => name.replace('SOSSession', ''))).toEqual(
      own('LiveAgentSession').map((name) => name.replace('LiveAgentSession', '')),
    );
  }
  expect(byName.has('SOSSessionFeed')).toBe(true);
  expect(byName.has('LiveAgentSessionFeed')).toBe(false);
  expect(LiveAgentSession.spec).not.toHaveProperty('feed');
});

test('history has no LastModified fields and shares have no Created fields', () => {
  for (const definition of salesforce as readonly ObjectDefinition[]) {
    const names = new Set(definition.fieldsByName.keys());
    if (definition.name.endsWith('History')) {
      expect(names.has('CreatedDate') && names.has('CreatedById')).toBe(true);
      expect(names.has('LastModifiedDate') || names.has('LastModifiedById') || names.has('OwnerId')).toBe(false);
    }
    if (definition.name.endsWith('Share')) {
      expect(names.has('LastModifiedDate') && names.has('LastModifiedById')).toBe(true);
      expect(names.has('CreatedDate') || names.has('CreatedById') || names.has('OwnerId')).toBe(false);
    }
  }
});

test('a history row can name every field that is tracked', () => {
  for (const session of [SOSSession, LiveAgentSession] as readonly ObjectDefinition[]) {
    const history = salesforce.find((each) => each.name === session.spec.history?.object) as ObjectDefinition;
    expect(fieldOf(history, 'Field').values).toEqual(expect.arrayContaining([...(session.spec.history?.fields ?? [])]));
    for (const name of session.spec.history?.fields ?? []) expect(fieldOf(session, name).encrypted, name).toBe(false);
  }
});
