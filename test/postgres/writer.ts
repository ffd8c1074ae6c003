import process from 'node:process';
import { createInterface } from 'node:readline';
import { EngineError } from '../../src/engine/ground/errors.ts';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import type { Master, MasterPush, PushOutcome } from '../../src/server/master.ts';
import { made, objects, pushOf } from './tickets.ts';

/** Sends a push until there is an answer, as a client does. */
async function insist(master: Master, push: MasterPush): Promise<PushOutcome> {
  for (;;) {
    try {
      return await master.write(push);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'SYNC_UNREACHABLE') throw error;
    }
  }
}

/** Writes pushes of one to three new records, several writers at once, and gives the ids of all that were acknowledged. */
export async function writeTickets(master: Master, name: string, writers: number, pushes: number): Promise<string[]> {
  const acknowledged: string[] = [];
  const run = async (writer: number) => {
    const client = `${name}.${writer}`;
    for (let push = 1; push <= pushes; push++) {
      const ids = Array.from({ length: 1 + (push % 3) }, (_, at) => `${client}.${push}.${at}`);
      const outcome = await insist(master, pushOf([ids.map((id) => made(id))], { client, push }));
      if (outcome.kind !== 'done') throw new Error(outcome.kind);
      for (const [at, answer] of (outcome.commits[0] ?? []).entries())
        if (answer.status === 'applied') acknowledged.push(ids[at] as string);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => run(writer)));
  return acknowledged;
}

/** A process of its own with a master: for each line `name writers pushes` it writes, and says the ids as JSON. */
async function serve(url: string, schema: string): Promise<void> {
  const master = await postgresMaster({ url, schema, objects });
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', writers, pushes] = line.split(' ');
    const ids = await writeTickets(master, name, Number(writers), Number(pushes));
    process.stdout.write(`${JSON.stringify(ids)}\n`);
  }
  await master.close();
}

const [, , url, schema] = process.argv;
if (process.argv[1]?.endsWith('writer.mjs') && url !== undefined && schema !== undefined) await serve(url, schema);
