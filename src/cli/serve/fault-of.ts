/** What a log may say of an error: never its message, which may hold anything. */
export interface Fault {
  /** The name of its class. */
  readonly error: string;
  /** `UNKNOWN` where it has none. */
  readonly code: string;
}

const NAME = /^[\w$]{1,60}$/;
const CODE = /^[\w-]{1,60}$/;

export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && CODE.test(code) ? code : 'UNKNOWN';
}

export function faultOf(error: unknown): Fault {
  // The class, not the name that it may have been given.
  const name = (error as { readonly constructor?: { readonly name?: unknown } } | null | undefined)?.constructor?.name;
  return { error: typeof name === 'string' && NAME.test(name) ? name : 'UNKNOWN', code: codeOf(error) };
}
