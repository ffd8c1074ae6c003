import type { FieldDescription, ObjectDescription } from '../index.ts';
import { nearest } from './nearest.ts';
import { ShellError } from './shell-error.ts';

/** The objects of a database by name, whatever the case it is written in. */
export class Catalog {
  readonly #objects: ReadonlyMap<string, ObjectDescription>;

  constructor(objects: Iterable<ObjectDescription>) {
    this.#objects = new Map([...objects].map((object) => [object.name.toLowerCase(), object]));
  }

  get names(): string[] {
    return [...this.#objects.values()].map(({ name }) => name).sort();
  }

  object(name: string): ObjectDescription | undefined {
    return this.#objects.get(name.toLowerCase());
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
