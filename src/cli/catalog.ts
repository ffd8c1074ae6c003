import type { FieldDescription, ObjectDescription } from '../index.ts';
import { nearest } from './nearest.ts';
import { ShellError } from './shell-error.ts';

/** The objects of a database by name, whatever the case it is written in; each is described when first asked for. */
export class Catalog {
  readonly #names: ReadonlyMap<string, string>;
  readonly #describe: (name: string) => ObjectDescription;
  readonly #described = new Map<string, ObjectDescription>();

  constructor(names: readonly string[], describe: (name: string) => ObjectDescription) {
    this.#names = new Map([...names].sort().map((name) => [name.toLowerCase(), name]));
    this.#describe = describe;
  }

  get names(): string[] {
    return [...this.#names.values()];
  }

  object(name: string): ObjectDescription | undefined {
    const known = this.#names.get(name.toLowerCase());
    if (known === undefined) return undefined;
    const object = this.#described.get(known) ?? this.#describe(known);
    this.#described.set(known, object);
    return object;
  }

  /** The object that `name` names. Throws a `ShellError` that tells which there are. */
  must(name: string): ObjectDescription {
    const object = this.object(name);
    if (object !== undefined) return object;
    const near = nearest(name, this.names);
    const advice = near === undefined ? `there are ${this.names.join(', ')}` : `did you mean ${near}?`;
    throw new ShellError(`there is no object ${name}; ${advice}`);
  }
}

/** The field that a name, in whatever case, is of. */
export function fieldNamed(fields: readonly FieldDescription[], name: string): FieldDescription | undefined {
  const lower = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === lower);
}
