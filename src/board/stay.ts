import type { Queue } from './queues.ts';

/** A person who takes sessions of one queue. */
export interface Agent {
  readonly serial: number;
  readonly queue: Queue;
}

/** One stretch of an agent's work, from login to logout. */
export interface Login {
  readonly serial: number;
  readonly agent: Agent;
  readonly fromMs: number;
  /** From here on the agent takes no further session. */
  readonly shiftEndsMs: number;
  /** When the agent logs out: at the end of the shift, or of the last session where that ends later. */
  untilMs: number;
  /** How many sessions the agent has taken since login, and how long those that are over took. */
  engaged: number;
  talkMs: number;
  /** The id of its record, once there is one. */
  recordId: string | undefined;
}

/** One customer's session: arrived, perhaps answered, ended or not yet. */
export interface Stay {
  /** What its names are made of; given anew when a kept day is gone on with, where others have had those of this one. */
  serial: number;
  /** Undefined for a visit to the web site, which waits for nobody. */
  readonly queue: Queue | undefined;
  readonly arrivedMs: number;
  answeredMs: number | undefined;
  endedMs: number | undefined;
  /** Whose session it is, once answered. */
  login: Login | undefined;
  recordId: string | undefined;
  /** Messages, page views and the like, so far. */
  eventCount: number;
  /** Where it stands among the open ones; -1 when it is not open. */
  place: number;
}

/** Something that has come about in the centre. `left`: the customer gave up waiting. */
export type Happening =
  | { readonly kind: 'logged-in'; readonly atMs: number; readonly login: Login }
  /** `overtime`: the agent will log out later for it than was planned. */
  | { readonly kind: 'answered'; readonly atMs: number; readonly stay: Stay; readonly overtime: boolean }
  | { readonly kind: 'arrived' | 'left' | 'ended'; readonly atMs: number; readonly stay: Stay };
