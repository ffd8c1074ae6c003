import { describe, expect, test } from 'vitest';
import { GenesysSession } from '../../src/collections/catalog.ts';
import * as nestedTypes from '../../src/collections/genesys/nested-types.ts';
import type { FieldSpec } from '../../src/engine/definition/definition.ts';
import { fieldOf, ownFieldNames, runRule } from './read-fields.ts';
import facts from './seed-facts/GenesysSession.json' with { type: 'json' };

const nested = nestedTypes as Readonly<Record<string, FieldSpec>>;
const SCALARS: Readonly<Record<string, string>> = {
  String: 'string',
  Integer: 'int',
  Boolean: 'boolean',
  Date: 'dateTime',
};

/** Whether a field holds what the Java SDK calls `type`. */
function expectType(spec: FieldSpec | undefined, type: string): void {
  const list = /^List<(.+)>$/.exec(type);
  const map = /^Map<String, (.+)>$/.exec(type);
  const element = list?.[1] ?? map?.[1];
  if (element !== undefined) {
    expect(spec?.type).toBe(list === null ? 'map' : 'list');
    expectType(spec?.of, element);
    return;
  }
  const scalar = SCALARS[type];
  if (scalar !== undefined) expect(spec?.type).toBe(scalar);
  else if (type.endsWith('Enum')) expect(spec?.type).toBe('picklist');
  else expect(Object.keys(spec?.fields ?? {}), type).toEqual(Object.keys(nested[type]?.fields ?? { missing: type }));
}

describe('GenesysSession against the documented model', () => {
  test('begins with its 42 fields, in its order', () => {
    expect(facts.fields).toHaveLength(42);
    expect(ownFieldNames(GenesysSession).slice(0, 42)).toEqual(facts.fields.map((field) => field.name));
  });

  test.each(facts.fields)('field $name has the type of the model and is optional', (fact) => {
    const field = fieldOf(GenesysSession, fact.name);
    if (fact.name === 'id') expect(field.type).toBe('id');
    else expectType(field, fact.type);
    expect(field.nillable).toBe(fact.optional);
    expect(field.filterable).toBe(true);
    const nestedField = ['object', 'list', 'map'].includes(field.type);
    expect(field.sortable).toBe(!nestedField);
    expect(field.groupable).toBe(!nestedField && field.type !== 'dateTime');
  });

  test.each(Object.entries(facts.enums))('%s begins with the documented values and admits others', (type, values) => {
    const name = facts.fields.find((field) => field.type === type)?.name ?? type;
    const field = fieldOf(GenesysSession, name);
    expect(field.values?.slice(0, values.length)).toEqual(values);
    expect(field.restrictedPicklist).toBe(false);
  });

  test('goes on with the fields of later SDKs, each with its version', () => {
    const later = ownFieldNames(GenesysSession).slice(42);
    expect(Object.fromEntries(later.map((name) => [name, fieldOf(GenesysSession, name).since]))).toEqual({
      app: '174.0.0',
      sdkLibrary: '174.0.0',
      networkConnectivity: '174.0.0',
      lastScreen: '208.0.0',
      divisionIds: '209.0.0',
      caseAssociations: '250.0.0',
      caseEntity: '250.0.0',
      caseReference: '250.0.0',
      caseStatus: '250.0.0',
    });
  });

  test('compares all text by exact case and lets the whole range of 32 bits into counts', () => {
    for (const field of GenesysSession.fields) {
      if (field.type === 'string' || field.type === 'picklist') expect(field.caseSensitive, field.name).toBe(true);
      if (field.type === 'int') expect(field.digits, field.name).toBe(10);
    }
  });

  test('plays its parts by the names of the model', () => {
    expect(GenesysSession.roles).toMatchObject({ id: 'id', created: 'createdDate' });
    expect(GenesysSession.id).toEqual({ kind: 'uuid' });
  });
});

/** The nested types written down a second time: `!` marks what the model requires, `[]` a list. */
const NESTED: Readonly<Record<string, string>> = {
  AddressableEntityRef: 'id selfUri',
  AchievedOutcome: 'id! selfUri',
  OutcomeAchievement: 'outcome! achievedDate!',
  AssignedSegment: 'id! selfUri',
  SessionSegmentAssignment: 'segment! assignedDate!',
  CustomEventAttribute: 'dataType! value!',
  CustomEventAttributeList: 'dataType! values[]!',
  Browser:
    'family! version! lang fingerprint isMobile viewHeight viewWidth featuresFlash! featuresJava! featuresPdf! featuresWebrtc!',
  Device:
    'category! type! isMobile! screenHeight screenWidth screenDensity fingerprint manufacturer osFamily! osVersion!',
  JourneyGeolocation: 'country countryName latitude longitude locality postalCode region regionName source timezone',
  JourneyPage: 'url! title domain! fragment hostname! keywords lang pathname! queryString breadcrumb[]!',
  JourneyCampaign: 'content medium name source term clickId network',
  Referrer: 'url! domain! hostname! keywords pathname! queryString fragment name medium!',
  JourneyApp: 'name! namespace! version! buildNumber!',
  SdkLibrary: 'name! version!',
  NetworkConnectivity: 'carrier bluetoothEnabled! cellularEnabled! wifiEnabled!',
  SessionLastEvent: 'id! eventName! createdDate!',
  ConnectedQueue: 'id selfUri',
  ConnectedUser: 'id selfUri',
  ConversationUserDisposition: 'code! notes user!',
  ConversationChannel: 'type! messageType platform',
  JourneyCaseAssociation: 'id! associatedCase caseReference dateAssociated selfUri',
};

test('no nested type is missing or left over', () => {
  expect(Object.keys(nested).sort()).toEqual(Object.keys(NESTED).sort());
});

test.each(Object.entries(NESTED))('nested type %s has the fields of the model', (name, words) => {
  const fields = Object.entries(nested[name]?.fields ?? {}).map(
    ([key, spec]) => `${key}${spec.type === 'list' ? '[]' : ''}${spec.requiredInModel === true ? '!' : ''}`,
  );
  expect(fields.sort()).toEqual(words.split(' ').sort());
});

test('the path of a session follows from its id and stays as it was given', () => {
  expect(runRule(GenesysSession, { id: 'abc', selfUri: null }).draft.selfUri).toBe('/api/v2/journey/sessions/abc');
  expect(runRule(GenesysSession, { id: 'abc', selfUri: '/x' }).draft.selfUri).toBe('/x');
  expect(runRule(GenesysSession, { selfUri: null }).draft.selfUri).toBeNull();
});
