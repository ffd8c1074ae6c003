/**
 * A line of JSON a record, appended: the least that a program would write by hand. Opening parses every line into a Map
 * and has no index, so the first answer is a search through all.
 */

import { open, readFile } from 'node:fs/promises';
import { newestOf } from '../newest-of.mjs';

const textOf = (records) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

class JsonLinesStore {
  #file;
  #byId = new Map();

  async open(path) {
    this.#file = await open(path, 'a');
    for (const line of (await readFile(path, 'utf8')).split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line);
      this.#byId.set(record.Id, record);
    }
    return this;
  }

  load(records) {
    return this.insertMany(records);
  }

  insert(record) {
    return this.insertMany([record]);
  }

  async insertMany(records) {
    await this.#file.appendFile(textOf(records));
    await this.#file.datasync();
    for (const record of records) this.#byId.set(record.Id, record);
  }

  newest(agent, limit) {
    return newestOf(
      [...this.#byId.values()].filter(({ AgentId }) => AgentId === agent),
      limit,
    );
  }

  all() {
    return [...this.#byId.values()];
  }

  close() {
    return this.#file.close();
  }
}

export const peer = {
  package: undefined,
  input: 'full',
  commit: 'appends a line; fdatasync. No index, no check',
  open: (place) => new JsonLinesStore().open(place),
};
