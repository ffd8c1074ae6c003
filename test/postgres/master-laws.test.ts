import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { systemEnvironment } from '../../src/engine/ground/environment.ts';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import { type OpenPostgres, openPostgres } from '../instruments/open-postgres.ts';
import { Chair, checkMaster, Desk, type MasterTrial, RETENTION_MS } from '../server/master-checks.ts';

const TABLES = ['clock', 'era', 'record', 'before', 'client', 'number', 'uniq'];

let server: OpenPostgres;
let sql: Sql;
let schemas = 0;

beforeAll(async () => {
  server = await openPostgres();
  sql = postgres(server.url, { onnotice: () => undefined });
});
afterAll(async () => {
  await sql?.end({ timeout: 1 });
  await server?.stop();
});

checkMaster('a master in PostgreSQL', async (): Promise<MasterTrial> => {
  const schema = `laws${++schemas}`;
  let aheadMs = 0;
  const env = { ...systemEnvironment(), now: () => Date.now() + aheadMs };
  const open = () =>
    postgresMaster({ url: server.url, schema, env, objects: [Desk, Chair], retentionMs: RETENTION_MS });
  let master = await open();
  const restart = async () => {
    await master.close();
    master = await open();
    return master;
  };
  return {
    master,
    restart,
    async save() {
      for (const table of TABLES)
        await sql`CREATE TABLE ${sql(`${schema}.${table}copy`)} AS SELECT * FROM ${sql(`${schema}.${table}`)}`;
    },
    async restore() {
      await master.close();
      for (const table of TABLES) {
        await sql`DELETE FROM ${sql(`${schema}.${table}`)}`;
        await sql`INSERT INTO ${sql(`${schema}.${table}`)} SELECT * FROM ${sql(`${schema}.${table}copy`)}`;
      }
      return restart();
    },
    pass(ms) {
      aheadMs += ms;
    },
    end: () => master.close(),
  };
});
