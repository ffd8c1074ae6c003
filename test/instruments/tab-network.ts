import type { Channel } from '../../src/engine/ground/environment.ts';
import { createError } from '../../src/engine/ground/errors.ts';
import type { BlockWrite, Storage, StorageConnection, StoredBlock } from '../../src/engine/storage/storage.ts';
import { createFakeEnvironment, createNumbers, type FakeEnvironment } from './fake-environment.ts';

/** Something that will happen to a tab, when its turn comes. */
interface Event {
  /** The tab that it happens in; undefined for what happens in the medium whether or not a tab runs. */
  readonly tab: SimulatedTab | undefined;
  /** Events of one line happen in their order. */
  readonly line: string;
  happen(): void;
}

/** A tab's end of a channel. */
interface Listening {
  readonly name: string;
  readonly tab: SimulatedTab;
  hear(message: unknown): void;
}

/** What the tabs share on the disk. */
interface Medium {
  blocks: Map<string, Uint8Array>;
  mark: Uint8Array | undefined;
  holder: SimulatedTab | undefined;
  epoch: number;
  /** Who waits for it to be free, the first first. */
  waiting: { readonly tab: SimulatedTab; readonly tell: () => void }[];
  /** Whether its holder was given it for having waited, and has not connected yet; which it can once it was told. */
  isReserved: boolean;
  isTold: boolean;
}

/** A tab of the simulation: what it sees of the world. */
export interface SimulatedTab {
  readonly name: string;
  readonly env: FakeEnvironment;
  readonly storage: Storage;
  isFrozen: boolean;
  isDead: boolean;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Tabs on one machine: what they tell each other and what they store happens one after another in an order that follows
 * from a seed, and any of them can be frozen or killed between.
 */
export class TabNetwork {
  readonly #numbers: () => number;
  readonly #events: Event[] = [];
  readonly #channels: Listening[] = [];
  readonly #tabs: SimulatedTab[] = [];
  readonly #canTakeOver: boolean;
  readonly medium: Medium = {
    blocks: new Map(),
    mark: undefined,
    holder: undefined,
    epoch: 0,
    waiting: [],
    isReserved: false,
    isTold: false,
  };

  constructor(seed: number, canTakeOver: boolean) {
    this.#numbers = createNumbers(seed);
    this.#canTakeOver = canTakeOver;
  }

  createTab(seed: number): SimulatedTab {
    const env = createFakeEnvironment({ seed });
    const tab: SimulatedTab = { name: `tab ${seed}`, env, storage: undefined as never, isFrozen: false, isDead: false };
    const channel = (name: string, hear: (message: unknown) => void) => this.#open(tab, name, hear);
    Object.assign(tab, { env: Object.assign(env, { channel }), storage: this.#storage(tab) });
    this.#tabs.push(tab);
    return tab;
  }

  #open(tab: SimulatedTab, name: string, hear: (message: unknown) => void): Channel {
    const own = { name, tab, hear };
    this.#channels.push(own);
    return {
      send: (message) => {
        if (tab.isDead) return;
        const copy = structuredClone(message);
        for (const other of this.#channels) {
          if (other === own || other.name !== name) continue;
          const happen = () => {
            if (this.#channels.includes(other)) other.hear(copy);
          };
          this.#events.push({ tab: other.tab, line: `${tab.name} to ${other.tab.name}`, happen });
        }
      },
      hold: () => undefined,
      close: () => this.#drop(own),
    };
  }

  #drop(channel: Listening): void {
    const at = this.#channels.indexOf(channel);
    if (at >= 0) this.#channels.splice(at, 1);
  }

  #storage(tab: SimulatedTab): Storage {
    const { medium } = this;
    const connect = async (isForced: boolean) => {
      if (tab.isDead) return new Promise<never>(() => undefined);
      const isOwn = medium.holder === tab && medium.isReserved && medium.isTold;
      if (medium.holder !== undefined && !isOwn && !isForced) throw createError('STORAGE_LOCKED', 'another tab has it');
      medium.isReserved = false;
      medium.holder = tab;
      medium.epoch++;
      return this.#connection(tab, medium.epoch);
    };
    const storage: Storage = {
      kind: 'simulated',
      place: 'one',
      connect: () => connect(false),
      whenFree: (_, tell) => {
        const waiter = { tab, tell };
        medium.waiting.push(waiter);
        this.#grant();
        return () => {
          const at = medium.waiting.indexOf(waiter);
          if (at >= 0) medium.waiting.splice(at, 1);
          else if (medium.holder === tab && medium.isReserved) this.#free(tab);
        };
      },
    };
    return this.#canTakeOver ? { ...storage, takeOver: () => connect(true) } : storage;
  }

  #connection(tab: SimulatedTab, epoch: number): StorageConnection {
    const { medium } = this;
    const read = async function* (): AsyncIterable<StoredBlock> {
      for (const [key, bytes] of [...medium.blocks].sort(([left], [right]) => (left < right ? -1 : 1)))
        yield { key, bytes };
    };
    return {
      epoch,
      read,
      write: (change) =>
        new Promise((resolve, reject) => {
          const settle = (tell: () => void) => this.#events.push({ tab, line: `disk to ${tab.name}`, happen: tell });
          const happen = () => {
            if (medium.epoch !== epoch)
              settle(() => reject(createError('STORAGE_LOCKED', 'another tab has taken over')));
            else {
              this.#apply(change);
              settle(resolve);
            }
          };
          if (!tab.isDead) this.#events.push({ tab: undefined, line: `${tab.name} to disk`, happen });
        }),
      writeMark: async (bytes) => {
        if (!tab.isDead && medium.epoch === epoch) medium.mark = bytes.slice();
      },
      readMark: async () => medium.mark,
      close: async () => {
        if (medium.epoch === epoch) this.#free(tab);
      },
    };
  }

  #apply({ put, remove = [] }: BlockWrite): void {
    const { blocks } = this.medium;
    for (const { from, to } of remove) for (const key of blocks.keys()) if (key >= from && key < to) blocks.delete(key);
    for (const { key, bytes } of put) blocks.set(key, bytes.slice());
  }

  #free(tab: SimulatedTab): void {
    if (this.medium.holder !== tab) return;
    this.medium.holder = undefined;
    this.#grant();
  }

  /** Whoever has waited longest has it, as by a lock: it is theirs before they know. */
  #grant(): void {
    const { medium } = this;
    if (medium.holder !== undefined) return;
    const next = medium.waiting.shift();
    if (next === undefined) return;
    medium.holder = next.tab;
    medium.isReserved = true;
    medium.isTold = false;
    const happen = () => {
      // It may have been called off meanwhile.
      if (medium.holder !== next.tab || !medium.isReserved) return;
      medium.isTold = true;
      next.tell();
    };
    this.#events.push({ tab: next.tab, line: `${next.tab.name} waits`, happen });
  }

  /** The tab is gone from one moment to the next: what it was writing is kept whole or not at all, by the seed. */
  kill(tab: SimulatedTab): void {
    tab.isDead = true;
    const reachesDisk = this.#numbers() % 2 === 0;
    for (const event of [...this.#events]) {
      const isWrite = event.line === `${tab.name} to disk`;
      if (isWrite && reachesDisk) event.happen();
      if (isWrite || event.tab === tab) this.#events.splice(this.#events.indexOf(event), 1);
    }
    for (const channel of [...this.#channels]) if (channel.tab === tab) this.#drop(channel);
    this.medium.waiting = this.medium.waiting.filter((waiter) => waiter.tab !== tab);
    this.#free(tab);
  }

  /** All that were frozen run again. */
  thaw(): void {
    for (const tab of this.#tabs) tab.isFrozen = false;
  }

  /** Lets one thing happen; false when nothing can. */
  async step(): Promise<boolean> {
    await turn();
    const seen = new Set<string>();
    const possible = this.#events.filter(({ tab, line }) => {
      const isFirst = !seen.has(line);
      seen.add(line);
      return isFirst && tab?.isFrozen !== true;
    });
    const event = possible[this.#numbers() % Math.max(1, possible.length)];
    if (event === undefined) return false;
    this.#events.splice(this.#events.indexOf(event), 1);
    if (event.tab?.isDead !== true) event.happen();
    await turn();
    return true;
  }

  async steps(count: number): Promise<void> {
    for (let step = 0; step < count; step++) if (!(await this.step())) return;
  }

  /** Moves the clocks of the tabs that run, second by second, with all that happens meanwhile. */
  async advance(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (const { env, isFrozen, isDead } of this.#tabs) if (!isFrozen && !isDead) env.advance(1_000);
      while (await this.step());
    }
  }
}
