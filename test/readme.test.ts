import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/engine/ground/errors.ts';
import { examplesOf, runExample, withExpectations } from './instruments/page-examples.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = () => examplesOf(readme);

describe('the README', () => {
  let folder = '';
  beforeAll(() => {
    // Inside the checkout, so that the package's own names resolve.
    folder = mkdtempSync(join(import.meta.dirname, '.readme-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no place left to fill in', () => expect(readme).not.toMatch(/@@/));

  it('has examples that say what they give', () => {
    const code = examples()
      .map((example) => withExpectations(example.code))
      .join('');
    expect(examples().length).toBeGreaterThanOrEqual(8);
    expect(code.match(/__expect\(/g)?.length).toBeGreaterThanOrEqual(18);
  });

  for (const [at, { heading, code }] of examples().entries()) {
    it(`runs as printed: ${heading} (${at + 1})`, async () => {
      // A block that stands on an open database and some sessions gets both, as its text says.
      await runExample(join(folder, `example-${at}.ts`), code, code.includes('openDatabase') ? '' : SETUP);
    });
  }

  it('shows what the shell really answers, on the day of 120,000 sessions', () => {
    const [, text = ''] = /```text\nsojourn> ([\s\S]*?)```/.exec(readme) ?? [];
    const shown = text.split('sojourn> ').map((part) => {
      const end = part.indexOf(';\n');
      return { statement: part.slice(0, end + 1).replaceAll('     ..> ', ''), answer: part.slice(end + 2) };
    });
    const cli = join(import.meta.dirname, '../dist/cli/main.js');
    const input = shown.map(({ statement }) => statement).join('\n');
    const answered = execFileSync(process.execPath, [cli, 'shell', '--day'], { input, encoding: 'utf8' });
    // Footers are shown at a terminal only, as their times would make every run another.
    const withoutFooters = (answer: string) => answer.replaceAll(/^[\d,]+ rows?, [\d.,]+ m?s\n/gm, '');
    expect(shown).toHaveLength(5);
    expect(answered).toBe(withoutFooters(shown.map(({ answer }) => answer).join('')));
  });

  it('lists every error code with its meaning', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(readme).toContain(`\`${code}\``);
  });
});

/** The block that says what every guide starts from. */
const SETUP = examples().find(({ code }) => code.includes('TimeInChats: 24410'))?.code ?? '';
