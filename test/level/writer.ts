import process from 'node:process';
import { openDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { Call } from '../instruments/call-object.ts';

export async function openCalls(folder: string) {
  return openDatabase({ name: 'calls', objects: [Call], storage: levelStorage(folder) });
}

/**
 * A process that writes until it is killed, and says of each write, once it is acknowledged, what must be there from then
 * on: `+ id turn note`, `- id` for a deletion.
 */
async function write(folder: string, from: number): Promise<never> {
  const db = await openCalls(folder);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say('ready');
  const ids: string[] = [];
  for (let turn = from; ; turn++) {
    const rows = Array.from({ length: 1 + (turn % 5) }, (_, at) => ({ Turn: turn, Note: `${turn}.${at}` }));
    const made = await db.Call.create(rows);
    for (const [at, { id }] of made.entries()) {
      say(`+ ${id} ${turn} ${turn}.${at}`);
      ids.push(id as string);
    }
    if (turn % 3 === 0) {
      const id = ids[(turn * 7) % ids.length] as string;
      if (db.Call.get(id) !== undefined) {
        await db.Call.update({ Id: id, Note: `changed at ${turn}` });
        say(`+ ${id} ${db.Call.get(id)?.Turn} changed at ${turn}`);
      }
    }
    if (turn % 7 === 0) {
      const [id] = ids.splice((turn * 5) % ids.length, 1) as [string];
      await db.Call.delete(id);
      say(`- ${id}`);
    }
    if (turn % 40 === 0) db.compact().catch(() => undefined);
  }
}

const [, , folder, from] = process.argv;
if (process.argv[1]?.endsWith('writer.mjs') && folder !== undefined) await write(folder, Number(from));
