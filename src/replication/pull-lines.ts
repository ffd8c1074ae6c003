import { malformed } from './malformed.ts';
import { assertSound, readJson } from './parse-json.ts';
import type { PulledRow } from './pulled-row.ts';
import { type PullPage, RemoteFailure } from './remote.ts';
import { PROTOCOL, pullHeader, pullLine, pullMark } from './wire.ts';

/** Documents of one page: few enough that none holds up the thread for long, many enough to be worth a step. */
const PAGE = 1_000;

/**
 * Turns the lines of a pull answered as NDJSON into pages: `next` takes them one by one and gives a page when one is full or a
 * mark has come. Throws a failure for what is not of the format.
 */
export class PullLines {
  readonly #objects: number;
  #fields: readonly (readonly string[])[] | undefined;
  #total: number | undefined;
  #documents: PullPage['documents'][number][] = [];

  /** `objects`: how many were asked for. */
  constructor(objects: number) {
    this.#objects = objects;
  }

  next(line: string): PullPage | undefined {
    const value = readJson(line);
    if (this.#fields === undefined) {
      this.#begin(value);
      return undefined;
    }
    if (Array.isArray(value)) return this.#add(this.#row(value, this.#fields));
    assertSound(value);
    const mark = pullMark.safeParse(value);
    if (mark.success) return this.#page(mark.data.checkpoint, mark.data.done);
    const other = pullLine.safeParse(value);
    if (!other.success) throw malformed('a line of a pull is neither a record nor a mark');
    const [place, document] = other.data.document;
    if (place >= this.#objects) throw malformed('a record is of an object that was not asked for');
    return this.#add([place, document]);
  }

  /** A page is full when there is one too many: a mark that comes first is of the same page. */
  #add(pulled: PullPage['documents'][number]): PullPage | undefined {
    const page = this.#documents.length >= PAGE ? this.#page(undefined, false) : undefined;
    this.#documents.push(pulled);
    return page;
  }

  #begin(value: unknown): void {
    assertSound(value);
    const protocol = (value as { readonly protocol?: unknown } | null)?.protocol;
    if (typeof protocol === 'number' && protocol !== PROTOCOL)
      throw new RemoteFailure(
        'outdated',
        'SYNC_OUTDATED',
        `the server answered in another version of the wire format, and this program has version ${PROTOCOL}`,
      );
    const header = pullHeader.safeParse(value);
    if (!header.success || header.data.fields.length !== this.#objects)
      throw malformed('the first line of a pull does not name the fields of each object');
    for (const names of header.data.fields)
      if (names.includes('__proto__')) throw malformed('a field names a prototype');
    this.#fields = header.data.fields;
    this.#total = header.data.total;
  }

  /** One of very many: checked by hand, and no value looked into but those that could hold more. */
  #row(line: readonly unknown[], fields: readonly (readonly string[])[]): PulledRow {
    const place = line[0];
    const names = typeof place === 'number' ? fields[place] : undefined;
    if (names === undefined) throw malformed('a record is of an object that was not asked for');
    if (line.length !== names.length + 1) throw malformed('a record has more or fewer values than fields');
    for (let i = 1; i < line.length; i++) {
      const value = line[i];
      if (typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'object' && value !== null)
        assertSound(value);
    }
    return { place: place as number, line, fields: names };
  }

  #page(checkpoint: string | undefined, done: boolean): PullPage {
    const documents = this.#documents;
    this.#documents = [];
    return { documents, checkpoint, done, total: this.#total };
  }
}
