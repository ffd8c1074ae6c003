import { defineObject } from '../../engine/definition/define-object.ts';
import type { WriteRule } from '../../engine/definition/definition.ts';
import {
  AddressableEntityRef,
  Browser,
  ConnectedQueue,
  ConnectedUser,
  ConversationChannel,
  ConversationUserDisposition,
  CustomEventAttribute,
  CustomEventAttributeList,
  Device,
  JourneyApp,
  JourneyCampaign,
  JourneyCaseAssociation,
  JourneyGeolocation,
  JourneyPage,
  NetworkConnectivity,
  OutcomeAchievement,
  Referrer,
  SdkLibrary,
  SessionLastEvent,
  SessionSegmentAssignment,
} from './nested-types.ts';

const SCALAR = 'Create, Filter, Group, Nillable, Sort, Update';
const MOMENT = 'Create, Filter, Nillable, Sort, Update';
/** Of a nested value the dotted paths can be filtered; the value as a whole can be neither sorted nor grouped. */
const NESTED = 'Create, Filter, Nillable, Update';

/** Genesys states no lengths, so none is imposed that a page address or a user agent could reach. */
const TEXT = { type: 'string', properties: SCALAR, length: 32_000, caseSensitive: true } as const;
/** Genesys' Integer has 32 bits. */
const COUNT = { type: 'int', properties: SCALAR, digits: 10 } as const;
/**
 * The server may add values at any time, so the lists are not restricted. They begin with `OutdatedSdkVersion`, as the
 * Java SDK's do: no server sends it, the SDK puts it in place of a value it does not know, and so it is found in data
 * that went through that SDK.
 */
const ENUM = { type: 'picklist', properties: SCALAR, caseSensitive: true } as const;

/** The only read-only field of the present model; it follows from the id. */
const deriveSelfUri: WriteRule = (draft) => {
  if (typeof draft.selfUri === 'string' || typeof draft.id !== 'string') return;
  draft.selfUri = `/api/v2/journey/sessions/${draft.id}`;
};

/**
 * A customer journey session of Genesys Cloud: a visit to a website or an app, a conversation, or a thing tracked in
 * another system. The first 42 fields are those of the Java SDK's Session in its order; the rest came with later SDKs,
 * `since` being the version of the JavaScript SDK. All are optional there, so all are nillable here.
 */
export const GenesysSession = /* @__PURE__ */ defineObject({
  name: 'GenesysSession',
  label: 'Journey Session',
  labelPlural: 'Journey Sessions',
  description: 'A session of a customer journey.',
  id: { kind: 'uuid' },
  system: 'minimal',
  roles: { id: 'id', created: 'createdDate' },
  text: 'verbatim',
  fields: {
    // Nillable as the model has it; the id of a kept record is never null.
    id: {
      type: 'id',
      properties: 'Defaulted on create, Filter, Group, idLookup, Nillable, Sort',
      length: 36,
      description: 'Names the session; unique everywhere.',
    },
    customerId: { ...TEXT, description: 'The main identifier of the customer in the source of the events.' },
    customerIdType: { ...TEXT, description: 'What kind of identifier that is: cookie, email, phone ...' },
    type: { ...TEXT, description: 'The category of the session: web, app, conversation, ticket, delivery, atm ...' },
    externalId: { ...TEXT, description: "The session's identifier in the system its events come from." },
    externalUrl: { ...TEXT, description: 'Where the system of record tells more about the session.' },
    shortId: { ...TEXT, description: 'A number of 4 to 6 digits, as text.' },
    outcomeAchievements: {
      type: 'list',
      properties: NESTED,
      of: OutcomeAchievement,
      description: 'The outcomes the customer achieved. Deprecated by Genesys.',
    },
    segmentAssignments: {
      type: 'list',
      properties: NESTED,
      of: SessionSegmentAssignment,
      description: 'The segments the customer was put in.',
    },
    attributes: {
      type: 'map',
      properties: NESTED,
      of: CustomEventAttribute,
      description: 'Attributes gathered from the events.',
    },
    attributeLists: {
      type: 'map',
      properties: NESTED,
      of: CustomEventAttributeList,
      description: 'Attributes with several values, gathered from the events.',
    },
    browser: { ...Browser, properties: NESTED, description: "The customer's browser." },
    device: { ...Device, properties: NESTED, description: "The customer's device." },
    geolocation: { ...JourneyGeolocation, properties: NESTED, description: 'Where the customer was.' },
    ipAddress: { ...TEXT, description: "The customer's IP address, where the tracker collects it." },
    ipOrganization: { ...TEXT, description: 'The organization or provider the IP address belongs to.' },
    lastPage: { ...JourneyPage, properties: NESTED, description: 'The page of the last interaction on the web.' },
    mktCampaign: { ...JourneyCampaign, properties: NESTED, description: 'The campaign that brought the customer.' },
    referrer: { ...Referrer, properties: NESTED, description: 'The page that led to the present one.' },
    searchTerms: {
      type: 'list',
      properties: NESTED,
      of: { type: 'string', caseSensitive: true },
      description: 'What the customer searched for.',
    },
    userAgentString: { ...TEXT, description: 'What the browser or app calls itself.' },
    durationInSeconds: { ...COUNT, description: 'Seconds of activity, of one device.' },
    eventCount: { ...COUNT, description: 'How many events the session has.' },
    pageviewCount: { ...COUNT, description: 'How many pages were viewed.' },
    screenviewCount: { ...COUNT, description: 'How many screens of an app were viewed.' },
    lastEvent: { ...SessionLastEvent, properties: NESTED, description: 'The latest event.' },
    lastConnectedQueue: { ...ConnectedQueue, properties: NESTED, description: 'The queue connected last.' },
    lastConnectedUser: { ...ConnectedUser, properties: NESTED, description: 'The user connected last.' },
    lastUserDisposition: {
      ...ConversationUserDisposition,
      properties: NESTED,
      description: 'The wrap-up of the user connected last.',
    },
    conversationChannels: {
      type: 'list',
      properties: NESTED,
      of: ConversationChannel,
      description: 'The channels of the conversation.',
    },
    originatingDirection: {
      ...ENUM,
      values: ['OutdatedSdkVersion', 'Unknown', 'Inbound', 'Outbound'],
      description: 'Who began the conversation.',
    },
    conversationSubject: { ...TEXT, description: 'What the conversation is about, such as the subject of an email.' },
    lastUserDisconnectType: {
      ...ENUM,
      values: [
        'OutdatedSdkVersion',
        'Unknown',
        'Endpoint',
        'Client',
        'System',
        'Transfer',
        'Error',
        'Peer',
        'Other',
        'Spam',
        'Timeout',
        'TransportFailure',
        'ConferenceTransfer',
        'ConsultTransfer',
        'ForwardTransfer',
        'NoAnswerTransfer',
        'NotAvailableTransfer',
        'Uncallable',
        // Of 2023, 2025 and 2026.
        'DoNotDisturbEndpoint',
        'DoNotDisturbTransfer',
        'SessionExpired',
        'Takeover',
      ],
      since: '131.1.0',
      description: 'Why the user connected last was disconnected.',
    },
    lastAcdOutcome: {
      ...ENUM,
      values: ['OutdatedSdkVersion', 'Unknown', 'Abandon', 'Answered', 'FlowOut'],
      since: '131.1.0',
      description: 'What came of the last routing to a queue.',
    },
    authenticated: { type: 'boolean', properties: SCALAR, description: 'Whether the customer was authenticated.' },
    selfUri: {
      ...TEXT,
      properties: 'Filter, Group, Nillable, Sort',
      description: 'The path of the session in the API.',
      searchable: false,
    },
    createdDate: {
      type: 'dateTime',
      properties: 'Create, Defaulted on create, Filter, Nillable, Sort, Update',
      description: 'When the session was created.',
    },
    endedDate: { type: 'dateTime', properties: MOMENT, description: 'When the session ended.' },
    externalContact: {
      ...AddressableEntityRef,
      properties: NESTED,
      description: 'The external contact the session belongs to.',
    },
    awayDate: {
      type: 'dateTime',
      properties: MOMENT,
      description: 'From when the visitor counts as away; may lie ahead.',
    },
    idleDate: {
      type: 'dateTime',
      properties: MOMENT,
      description: 'From when the visitor counts as idle; may lie ahead.',
    },
    conversation: { ...AddressableEntityRef, properties: NESTED, description: 'The conversation of the session.' },

    app: { ...JourneyApp, properties: NESTED, since: '174.0.0', description: 'The app of an app session.' },
    sdkLibrary: {
      ...SdkLibrary,
      properties: NESTED,
      since: '174.0.0',
      description: 'The library that reported the events of an app or web session.',
    },
    networkConnectivity: {
      ...NetworkConnectivity,
      properties: NESTED,
      since: '174.0.0',
      description: 'How the device of an app session was connected.',
    },
    lastScreen: { ...TEXT, since: '208.0.0', description: 'The name of the screen of the app shown last.' },
    divisionIds: {
      type: 'list',
      properties: NESTED,
      of: { type: 'string', caseSensitive: true },
      since: '209.0.0',
      description: 'The divisions the session belongs to.',
    },
    caseAssociations: {
      type: 'list',
      properties: NESTED,
      of: JourneyCaseAssociation,
      since: '250.0.0',
      description: 'The cases of a conversation session.',
    },
    caseEntity: {
      ...AddressableEntityRef,
      properties: NESTED,
      since: '250.0.0',
      description: 'The case of a case session.',
    },
    caseReference: { ...TEXT, since: '250.0.0', description: 'The number people know the case by.' },
    caseStatus: {
      ...ENUM,
      values: ['Unknown', 'Open', 'InProgress', 'Terminated', 'Closed'],
      since: '250.0.0',
      description: 'How far the case has come.',
    },
  },
  indexes: ['createdDate', ['customerId', 'createdDate']],
  listKeys: ['entities'],
  onWrite: deriveSelfUri,
});
