import type { FieldSpec } from '../../engine/definition/definition.ts';

/**
 * The types inside a Genesys Cloud journey session (Platform SDK models of 2026). `requiredInModel` is what the models
 * declare; nothing of it is enforced, since sessions in the wild carry null there (`lastPage.breadcrumb` for one).
 */

const TEXT = { type: 'string', caseSensitive: true } as const;
const REQUIRED_TEXT = { ...TEXT, requiredInModel: true } as const;
/** Where an API keeps a thing: made of its id, and nothing that people look for. */
const ADDRESS = { ...TEXT, searchable: false } as const;
const COUNT = { type: 'int', digits: 10 } as const;
const FLAG = { type: 'boolean' } as const;
const REQUIRED_FLAG = { ...FLAG, requiredInModel: true } as const;
const REQUIRED_MOMENT = { type: 'dateTime', requiredInModel: true } as const;

export const AddressableEntityRef = {
  type: 'object',
  fields: { id: TEXT, selfUri: ADDRESS },
} as const satisfies FieldSpec;

export const AchievedOutcome = {
  type: 'object',
  fields: { id: REQUIRED_TEXT, selfUri: ADDRESS },
} as const satisfies FieldSpec;

export const OutcomeAchievement = {
  type: 'object',
  fields: { outcome: { ...AchievedOutcome, requiredInModel: true }, achievedDate: REQUIRED_MOMENT },
} as const satisfies FieldSpec;

export const AssignedSegment = {
  type: 'object',
  fields: { id: REQUIRED_TEXT, selfUri: ADDRESS },
} as const satisfies FieldSpec;

export const SessionSegmentAssignment = {
  type: 'object',
  fields: { segment: { ...AssignedSegment, requiredInModel: true }, assignedDate: REQUIRED_MOMENT },
} as const satisfies FieldSpec;

/** `dataType` says what `value` means (integer, number, string, boolean); the value itself is always a text. */
export const CustomEventAttribute = {
  type: 'object',
  fields: { dataType: REQUIRED_TEXT, value: REQUIRED_TEXT },
} as const satisfies FieldSpec;

export const CustomEventAttributeList = {
  type: 'object',
  fields: { dataType: REQUIRED_TEXT, values: { type: 'list', of: TEXT, requiredInModel: true } },
} as const satisfies FieldSpec;

export const Browser = {
  type: 'object',
  fields: {
    family: REQUIRED_TEXT,
    version: REQUIRED_TEXT,
    lang: { ...TEXT, description: 'BCP 47.' },
    fingerprint: TEXT,
    isMobile: { ...FLAG, description: 'Deprecated in favour of device.isMobile.' },
    viewHeight: COUNT,
    viewWidth: COUNT,
    featuresFlash: REQUIRED_FLAG,
    featuresJava: REQUIRED_FLAG,
    featuresPdf: REQUIRED_FLAG,
    featuresWebrtc: REQUIRED_FLAG,
  },
} as const satisfies FieldSpec;

export const Device = {
  type: 'object',
  fields: {
    category: { type: 'picklist', values: ['desktop', 'mobile', 'tablet', 'other'], requiredInModel: true },
    type: REQUIRED_TEXT,
    isMobile: REQUIRED_FLAG,
    screenHeight: COUNT,
    screenWidth: COUNT,
    screenDensity: { ...COUNT, description: '1 is one device pixel to one CSS pixel.' },
    fingerprint: TEXT,
    osFamily: REQUIRED_TEXT,
    osVersion: REQUIRED_TEXT,
    manufacturer: TEXT,
  },
} as const satisfies FieldSpec;

export const JourneyGeolocation = {
  type: 'object',
  fields: {
    country: { ...TEXT, description: 'ISO 3166-1 alpha-2.' },
    countryName: TEXT,
    latitude: { type: 'double' },
    longitude: { type: 'double' },
    locality: TEXT,
    postalCode: TEXT,
    region: { ...TEXT, description: 'ISO 3166-2.' },
    regionName: TEXT,
    source: TEXT,
    timezone: TEXT,
  },
} as const satisfies FieldSpec;

export const JourneyPage = {
  type: 'object',
  fields: {
    url: REQUIRED_TEXT,
    title: TEXT,
    domain: REQUIRED_TEXT,
    fragment: TEXT,
    hostname: REQUIRED_TEXT,
    keywords: TEXT,
    lang: { ...TEXT, description: 'ISO 639-1.' },
    pathname: REQUIRED_TEXT,
    queryString: TEXT,
    breadcrumb: { type: 'list', of: TEXT, requiredInModel: true },
  },
} as const satisfies FieldSpec;

/** The UTM parameters of the campaign, and two more. */
export const JourneyCampaign = {
  type: 'object',
  fields: {
    content: TEXT,
    medium: TEXT,
    name: TEXT,
    source: TEXT,
    term: TEXT,
    clickId: TEXT,
    network: TEXT,
  },
} as const satisfies FieldSpec;

export const Referrer = {
  type: 'object',
  fields: {
    url: REQUIRED_TEXT,
    domain: REQUIRED_TEXT,
    hostname: REQUIRED_TEXT,
    keywords: TEXT,
    pathname: REQUIRED_TEXT,
    queryString: TEXT,
    fragment: TEXT,
    name: TEXT,
    medium: {
      type: 'picklist',
      values: ['internal', 'search', 'social', 'email', 'unknown', 'paid'],
      requiredInModel: true,
    },
  },
} as const satisfies FieldSpec;

export const JourneyApp = {
  type: 'object',
  fields: { name: REQUIRED_TEXT, namespace: REQUIRED_TEXT, version: REQUIRED_TEXT, buildNumber: REQUIRED_TEXT },
} as const satisfies FieldSpec;

export const SdkLibrary = {
  type: 'object',
  fields: { name: REQUIRED_TEXT, version: REQUIRED_TEXT },
} as const satisfies FieldSpec;

export const NetworkConnectivity = {
  type: 'object',
  fields: {
    carrier: TEXT,
    bluetoothEnabled: REQUIRED_FLAG,
    cellularEnabled: REQUIRED_FLAG,
    wifiEnabled: REQUIRED_FLAG,
  },
} as const satisfies FieldSpec;

export const SessionLastEvent = {
  type: 'object',
  fields: { id: REQUIRED_TEXT, eventName: REQUIRED_TEXT, createdDate: REQUIRED_MOMENT },
} as const satisfies FieldSpec;

export const ConnectedQueue = {
  type: 'object',
  fields: { id: TEXT, selfUri: ADDRESS },
} as const satisfies FieldSpec;

export const ConnectedUser = {
  type: 'object',
  fields: { id: TEXT, selfUri: ADDRESS },
} as const satisfies FieldSpec;

export const ConversationUserDisposition = {
  type: 'object',
  fields: {
    code: { ...REQUIRED_TEXT, description: 'The wrap-up code.' },
    notes: TEXT,
    user: { ...AddressableEntityRef, requiredInModel: true, description: 'Who wrapped up.' },
  },
} as const satisfies FieldSpec;

export const ConversationChannel = {
  type: 'object',
  fields: {
    type: {
      type: 'picklist',
      values: [
        'Unknown',
        'Call',
        'Callback',
        'Email',
        'GenericObject',
        'Messaging',
        'Social',
        'Webchat',
        'Voice',
        'Chat',
        'Cobrowse',
        'Video',
        'Screenshare',
        'Message',
        'InternalMessage',
      ],
      requiredInModel: true,
    },
    messageType: {
      type: 'picklist',
      values: [
        'Unknown',
        'Sms',
        'Twitter',
        'Facebook',
        'Line',
        'WhatsApp',
        'WebMessaging',
        'Open',
        'Instagram',
        'Apple',
      ],
    },
    platform: { ...TEXT, description: 'The name of the source provider.' },
  },
} as const satisfies FieldSpec;

export const JourneyCaseAssociation = {
  type: 'object',
  fields: {
    id: REQUIRED_TEXT,
    associatedCase: AddressableEntityRef,
    caseReference: TEXT,
    dateAssociated: { type: 'dateTime' },
    selfUri: ADDRESS,
  },
} as const satisfies FieldSpec;
