/**
 * LevelDB alone: a value of JSON a record, under its Id. It keeps nothing in memory and no index of fields, so the first
 * answer reads all; an index of one's own would be a second key a record, and more to write.
 */

import { ClassicLevel } from 'classic-level';
import { newestOf } from '../newest-of.mjs';

const BATCH = 5_000;
const READ_COUNT = 1_000;
const DURABLE = { sync: true };

class LevelStore {
  #level;

  async open(place) {
    this.#level = new ClassicLevel(place, { valueEncoding: 'json' });
    await this.#level.open();
    return this;
  }

  /** Each batch is synced: LevelDB syncs the log file it is writing, not those it has gone on from. */
  async load(records) {
    for (let start = 0; start < records.length; start += BATCH)
      await this.insertMany(records.slice(start, start + BATCH));
  }

  insert(record) {
    return this.#level.put(record.Id, record, DURABLE);
  }

  insertMany(records) {
    return this.#level.batch(
      records.map((record) => ({ type: 'put', key: record.Id, value: record })),
      DURABLE,
    );
  }

  async newest(agent, limit) {
    return newestOf(
      (await this.all()).filter(({ AgentId }) => AgentId === agent),
      limit,
    );
  }

  async all() {
    const records = [];
    const iterator = this.#level.values();
    for (;;) {
      const values = await iterator.nextv(READ_COUNT);
      if (values.length === 0) break;
      for (const value of values) records.push(value);
    }
    await iterator.close();
    return records;
  }

  tidy() {
    return this.#level.compactRange('', '~');
  }

  close() {
    return this.#level.close();
  }
}

export const peer = {
  package: 'classic-level',
  input: 'full',
  commit: 'appends to the log of LevelDB; fdatasync (sync: true). No index',
  open: (place) => new LevelStore().open(place),
};
