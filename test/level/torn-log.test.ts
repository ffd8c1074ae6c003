import { cp, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { openCalls } from './writer.ts';

/** Every so many bytes; 1 looks at all. */
const STEP = Number(process.env.SOJOURN_STEP ?? 23);

/**
 * A crash leaves a log that ends anywhere: each end is played on a copy of the files, without the mark that tells of what was
 * acknowledged, as a log cut short would else be taken for damage.
 */
test('a log of LevelDB that ends at any byte opens with whole commits, one more than the end before or as many', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sojourn-torn-'));
  try {
    const whole = join(root, 'whole');
    const db = await openCalls(whole);
    const contents = ['[]'];
    for (let turn = 0; turn < 12; turn++) {
      const [first] = await db.Call.create([{ Turn: turn, Note: `note ${turn}` }, { Turn: turn }]);
      contents[db.sequence] = JSON.stringify(db.Call.find());
      if (turn % 4 === 3) await db.Call.delete(first?.id as string);
      contents[db.sequence] = JSON.stringify(db.Call.find());
    }
    await cp(whole, join(root, 'copy'), { recursive: true });
    await db.close();
    const folder = join(root, 'copy', 'calls');
    await rm(join(folder, 'sojourn.mark'));
    const log = (await readdir(folder)).find((file) => file.endsWith('.log')) as string;
    const { length } = await readFile(join(folder, log));
    let last = 0;
    for (let end = 0; end <= length; end += Math.min(STEP, Math.max(1, length - end))) {
      const torn = join(root, 'torn');
      await cp(join(root, 'copy'), torn, { recursive: true });
      await truncate(join(torn, 'calls', log), end);
      const opened = await openCalls(torn);
      const { sequence } = opened;
      expect(JSON.stringify(opened.Call.find())).toBe(contents[sequence]);
      if (STEP === 1) expect(sequence - last).toBeLessThanOrEqual(1);
      expect(sequence).toBeGreaterThanOrEqual(last);
      last = sequence;
      await opened.Call.create({ Turn: 99 });
      await opened.close();
      await rm(torn, { recursive: true });
      if (end === length) break;
    }
    expect(last).toBe(contents.length - 1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
