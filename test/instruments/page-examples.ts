import { writeFileSync } from 'node:fs';

export interface PageExample {
  /** What it stands under. */
  readonly heading: string;
  readonly code: string;
}

/** The TypeScript blocks of a page, in order. */
export function examplesOf(page: string): PageExample[] {
  const found: PageExample[] = [];
  let heading = '';
  for (const part of page.matchAll(/^(#{1,3}) (.+)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (part[2] !== undefined) heading = part[2];
    else found.push({ heading, code: part[3] as string });
  }
  return found;
}

/** A line `expression; // => value` says what the expression gives: it becomes an expectation. */
export function withExpectations(code: string): string {
  return code.replace(/^([ \t]*)(?!const |let |import )(.+?);\s*\/\/ => (.+)$/gm, '$1__expect(($2), ($3));');
}

/**
 * Runs a block as a module of its own, which must be a file inside the checkout, so that the package's own names resolve. `setup`:
 * what it stands on.
 */
export async function runExample(file: string, code: string, setup = ''): Promise<void> {
  const expectations =
    "import { expect as __check } from 'vitest';\nconst __expect = (got: unknown, wanted: unknown) => __check(got).toEqual(wanted);\n";
  writeFileSync(file, `// @ts-nocheck\n${expectations}${setup}${withExpectations(code)}\nexport {};\n`);
  await import(/* @vite-ignore */ file);
}
