export type Channel = 'video' | 'chat' | 'voice' | 'sms';

/** The object that keeps a queue's sessions. */
export type Family = 'SOSSession' | 'GenesysSession' | 'TwilioProxySession';

/** One queue of the centre: where its sessions are kept, and how busy it is. */
export interface Queue {
  readonly name: string;
  readonly channel: Channel;
  readonly family: Family;
  /** The Group that owns the logins of the queue's agents. */
  readonly groupId: string;
  /** What a session of the family names its queue by: an SOSDeployment, a Genesys queue, a Proxy service. */
  readonly key: string;
  /** The part of all queued sessions that come here; the parts add up to 1. */
  readonly share: number;
  readonly handleSecondsMean: number;
  /** How long a customer waits, on average, before giving up. */
  readonly patienceSeconds: number;
  /** How many sessions one agent has at a time. */
  readonly seats: number;
  /** Agents beyond the bare load, in units of its square root: the usual rule of staffing. Near 0, customers wait. */
  readonly cover: number;
}

/** A service level is the part of sessions answered within this time. */
export const ANSWER_SECONDS = 20;
/** The part that should be. */
export const SERVICE_LEVEL_TARGET = 0.8;

export const QUEUES: readonly Queue[] = [
  {
    name: 'Premium care',
    channel: 'video',
    family: 'SOSSession',
    groupId: '00G5g0000000001EAA',
    key: '0NW5g0000000101GAA',
    share: 0.07,
    handleSecondsMean: 380,
    patienceSeconds: 240,
    seats: 1,
    cover: 0.4,
  },
  {
    name: 'Field service',
    channel: 'video',
    family: 'SOSSession',
    groupId: '00G5g0000000002EAA',
    key: '0NW5g0000000102GAA',
    share: 0.09,
    handleSecondsMean: 460,
    patienceSeconds: 700,
    seats: 1,
    cover: -0.3,
  },
  {
    name: 'Sales',
    channel: 'chat',
    family: 'GenesysSession',
    groupId: '00G5g0000000003EAA',
    key: '5d1f0a52-6c1e-4b7a-9d5e-0a7c3e2b1f01',
    share: 0.17,
    handleSecondsMean: 420,
    patienceSeconds: 200,
    seats: 3,
    cover: -0.1,
  },
  {
    name: 'Support',
    channel: 'chat',
    family: 'GenesysSession',
    groupId: '00G5g0000000004EAA',
    key: '5d1f0a52-6c1e-4b7a-9d5e-0a7c3e2b1f02',
    share: 0.2,
    handleSecondsMean: 540,
    patienceSeconds: 480,
    seats: 3,
    cover: -0.75,
  },
  {
    name: 'Orders',
    channel: 'voice',
    family: 'GenesysSession',
    groupId: '00G5g0000000005EAA',
    key: '5d1f0a52-6c1e-4b7a-9d5e-0a7c3e2b1f03',
    share: 0.14,
    handleSecondsMean: 230,
    patienceSeconds: 180,
    seats: 1,
    cover: 0.2,
  },
  {
    name: 'Claims',
    channel: 'voice',
    family: 'GenesysSession',
    groupId: '00G5g0000000006EAA',
    key: '5d1f0a52-6c1e-4b7a-9d5e-0a7c3e2b1f04',
    share: 0.08,
    handleSecondsMean: 410,
    patienceSeconds: 620,
    seats: 1,
    cover: -0.3,
  },
  {
    name: 'Delivery',
    channel: 'sms',
    family: 'TwilioProxySession',
    groupId: '00G5g0000000007EAA',
    key: 'KS6e0c9a1b7d3f4e2a8b5c0d1e2f3a4b01',
    share: 0.16,
    handleSecondsMean: 300,
    patienceSeconds: 420,
    seats: 4,
    cover: -0.4,
  },
  {
    name: 'Drivers',
    channel: 'voice',
    family: 'TwilioProxySession',
    groupId: '00G5g0000000008EAA',
    key: 'KS6e0c9a1b7d3f4e2a8b5c0d1e2f3a4b02',
    share: 0.09,
    handleSecondsMean: 150,
    patienceSeconds: 150,
    seats: 1,
    cover: 0.25,
  },
];

/** Of the sessions that come in, the part that are visits to the web site and ask for nobody. */
export const VISIT_SHARE = 0.22;
export const VISIT_SECONDS_MEAN = 330;
