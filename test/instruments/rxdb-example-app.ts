import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import {
  addRxPlugin,
  createRxDatabase,
  type RxCollection,
  type RxDatabase,
  type RxDocument,
  type RxError,
  type RxStorage,
} from 'rxdb/plugins/core';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { RxDBQueryBuilderPlugin } from 'rxdb/plugins/query-builder';
import { RxDBUpdatePlugin } from 'rxdb/plugins/update';
import { filter, firstValueFrom } from 'rxjs';

for (const plugin of [RxDBAttachmentsPlugin, RxDBLocalDocumentsPlugin, RxDBQueryBuilderPlugin, RxDBUpdatePlugin])
  addRxPlugin(plugin);

interface Hero {
  readonly id: string;
  readonly team: string;
  readonly name: string;
  readonly power: number;
  readonly alive: boolean;
  readonly leader?: string;
  readonly home?: { readonly city?: string; readonly planet?: string | null };
  readonly skills: readonly { readonly name: string; readonly level: number }[];
}
interface HeroMethods {
  readonly greet: () => string;
}
interface HeroStatics {
  readonly strongest: (this: RxCollection<Hero, HeroMethods>, count: number) => Promise<string[]>;
}
interface Todo {
  readonly id: string;
  readonly text: string;
  readonly done: boolean;
  readonly rank: number;
}
type HeroCollection = RxCollection<Hero, HeroMethods, HeroStatics>;
interface Collections {
  readonly heroes: HeroCollection;
  readonly todos: RxCollection<Todo>;
}
type App = RxDatabase<Collections>;
type Say = (what: string, ...more: unknown[]) => void;

const heroSchema = {
  version: 0,
  primaryKey: { key: 'id', fields: ['team', 'name'], separator: '|' },
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 100 },
    team: { type: 'string', maxLength: 40 },
    name: { type: 'string', maxLength: 40 },
    power: { type: 'integer', minimum: 0, maximum: 1000, multipleOf: 1 },
    alive: { type: 'boolean', default: true },
    leader: { type: 'string', ref: 'heroes', maxLength: 100 },
    home: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 40 }, planet: { type: ['string', 'null'] } },
    },
    skills: {
      type: 'array',
      default: [],
      items: { type: 'object', properties: { name: { type: 'string' }, level: { type: 'number' } } },
    },
  },
  required: ['id', 'team', 'name', 'power', 'alive'],
  indexes: ['power', ['team', 'power'], ['alive', 'name']],
  attachments: {},
} as const;

const todoSchema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    text: { type: 'string' },
    done: { type: 'boolean' },
    rank: { type: 'number', minimum: 0, maximum: 1000, multipleOf: 0.5 },
  },
  required: ['id', 'text', 'done', 'rank'],
  indexes: ['rank', ['done', 'rank']],
} as const;

const HEROES = [
  { team: 'north', name: 'Alva', power: 70, home: { city: 'Oslo', planet: null } },
  { team: 'north', name: 'Björn', power: 40, skills: [{ name: 'ice', level: 3 }], leader: 'north|Alva' },
  { team: 'north', name: 'Celine', power: 40, home: { city: 'Kiruna' }, leader: 'north|Alva' },
  {
    team: 'south',
    name: 'Dario',
    power: 90,
    skills: [
      { name: 'fire', level: 9 },
      { name: 'ice', level: 1 },
    ],
  },
  { team: 'south', name: 'Élodie', power: 15, alive: false, home: { planet: 'Mars' } },
  { team: 'south', name: 'émile', power: 16, leader: 'south|Dario' },
  { team: 'east', name: 'Fumi 文', power: 70, skills: [{ name: 'wind', level: 5 }] },
  { team: 'east', name: '\u{1f9b8}', power: 0 },
];

async function openApp(storage: RxStorage<unknown, unknown>, multiInstance: boolean): Promise<App> {
  const database = (await createRxDatabase({
    name: 'heroesdb',
    storage,
    multiInstance,
    localDocuments: true,
    // RxDB's Dexie storage refuses to count where no index does, unless it is told that this may be slow.
    allowSlowCount: true,
  })) as unknown as App;
  await database.addCollections({
    heroes: {
      schema: heroSchema as never,
      methods: {
        greet(this: RxDocument<Hero>) {
          return `${this.name} of ${this.team}`;
        },
      },
      statics: {
        async strongest(this: HeroCollection, count: number) {
          return namesOf(await this.find({ sort: [{ power: 'desc' }], limit: count }).exec());
        },
      },
    },
    todos: { schema: todoSchema as never, localDocuments: true },
  });
  database.heroes.preInsert((hero) => {
    if (hero.name === 'Nobody') throw new Error('nobody is no hero');
  }, false);
  return database;
}

const namesOf = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);
/** The code of RxDB's error, or what an error says that is not one. */
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: RxError) => error.code ?? String(error),
  );
/** The height of a revision: the rest of it is another in every run. */
const heightOf = (document: { readonly revision: string }) => Number(document.revision.split('-')[0]);

async function insertHeroes({ heroes }: App, say: Say): Promise<void> {
  heroes.$.subscribe(({ operation, documentId, documentData: { power } }) =>
    say('event', operation, documentId, power),
  );
  const alva = await heroes.insert({ ...HEROES[0] } as never);
  say('inserted', alva.primary, alva.toJSON(), alva.greet(), heightOf(alva));
  const { success, error } = await heroes.bulkInsert(HEROES as never);
  say(
    'bulk',
    success.length,
    error.map(({ status, documentId }) => [status, documentId]),
  );
  say('again', await codeOf(heroes.insert({ ...HEROES[3] } as never)));
  say('refused', await codeOf(heroes.insert({ team: 'x', name: 'Nobody', power: 1 } as never)));
  const kept = await heroes.insertIfNotExists({ team: 'north', name: 'Alva', power: 1 } as never);
  say('kept', kept.power);
}

async function findHeroes({ heroes }: App, say: Say): Promise<void> {
  const queries: Record<string, object> = {
    all: {},
    'by power': { sort: [{ power: 'asc' }] },
    'by power, down': { sort: [{ power: 'desc' }] },
    'by power, down, then by name': { sort: [{ power: 'desc' }, { name: 'desc' }] },
    page: { sort: [{ name: 'asc' }], skip: 2, limit: 3 },
    'of a team': { selector: { team: 'north', power: { $gte: 40 } }, sort: [{ team: 'asc' }, { power: 'asc' }] },
    between: { selector: { power: { $gt: 15, $lt: 90 } }, sort: [{ power: 'desc' }], limit: 4 },
    'one of': { selector: { name: { $in: ['Alva', '\u{1f9b8}', 'Zoe'] } } },
    either: { selector: { $or: [{ power: { $lt: 10 } }, { 'home.city': 'Oslo' }] } },
    'not in a team': { selector: { team: { $ne: 'south' }, alive: true } },
    'of no planet': { selector: { 'home.planet': null } },
    'with a planet': { selector: { 'home.planet': { $exists: true } } },
    'by letters': { selector: { name: { $regex: '^[éÉ]' } } },
    'with a skill': { selector: { skills: { $elemMatch: { name: 'ice', level: { $gt: 1 } } } } },
    'with two': { selector: { skills: { $size: 2 } } },
    'by what some lack': { sort: [{ 'home.city': 'asc' }] },
    'by key': { selector: { id: { $gt: 'north|B' } }, sort: [{ id: 'asc' }] },
    none: { selector: { power: { $gt: 999 } } },
  };
  for (const [name, query] of Object.entries(queries)) {
    say(name, namesOf(await heroes.find(query as never).exec()));
    if (!('limit' in query)) say('  of them', await heroes.count({ ...query, sort: undefined } as never).exec());
  }
  say('first', (await heroes.findOne({ selector: { alive: false } }).exec())?.name);
  say('by id', (await heroes.findOne('east|Fumi 文').exec())?.power, await heroes.findOne('x|y').exec());
  say('by ids', [...(await heroes.findByIds(['south|Dario', 'no|one']).exec()).keys()]);
  say('in words', namesOf(await heroes.find().where('power').lt(50).sort('-power').limit(2).exec()));
  say('strongest', await heroes.strongest(2));
  const bjorn = await heroes.findOne('north|Björn').exec(true);
  say('led by', ((await bjorn.populate('leader')) as RxDocument<Hero> | null)?.name);
}

async function changeHeroes({ heroes }: App, say: Say): Promise<void> {
  const dario = await heroes.findOne('south|Dario').exec(true);
  const top = heroes.find({ selector: { alive: true }, sort: [{ power: 'desc' }], limit: 3 });
  const shows = (names: string) => firstValueFrom(top.$.pipe(filter((found) => namesOf(found).join() === names)));
  say('live', namesOf(await shows('Dario,Fumi 文,Alva')));
  await dario.patch({ power: 10 });
  say('live', namesOf(await shows('Fumi 文,Alva,Björn')));
  say('stale', await codeOf(dario.patch({ power: 11 })));
  await dario.incrementalPatch({ home: { city: 'Roma' } });
  await dario.getLatest().modify((hero) => ({ ...hero, skills: [...hero.skills, { name: 'water', level: 2 }] }));
  await Promise.all([1, 2, 3].map((by) => dario.incrementalModify((hero) => ({ ...hero, power: hero.power + by }))));
  await dario.getLatest().update({ $inc: { power: 100 } });
  say('patched', dario.getLatest().toJSON(), heightOf(dario.getLatest()));
  say('live', namesOf(await shows('Dario,Fumi 文,Alva')));
  say('upserted', (await heroes.upsert({ team: 'east', name: 'Gen', power: 200 } as never)).toJSON());
  say('live', namesOf(await shows('Gen,Dario,Fumi 文')));
  await heroes.incrementalUpsert({ team: 'east', name: 'Gen', power: 201, skills: [] } as never);
  const gen = await heroes.findOne('east|Gen').exec(true);
  say('removed', (await gen.remove()).deleted, heightOf(gen.getLatest()));
  say('live', namesOf(await shows('Dario,Fumi 文,Alva')));
  say('gone', await heroes.findOne('east|Gen').exec());
  const again = await heroes.insert({ team: 'east', name: 'Gen', power: 1 } as never);
  say('again', again.toJSON(), heightOf(again));
  const { error } = await heroes.bulkUpsert([
    { team: 'west', name: 'Hana', power: 5 },
    { team: 'east', name: 'Gen', power: 2 },
  ] as never);
  const removed = await heroes.bulkRemove(['west|Hana', 'south|Élodie']);
  say('bulks', error, removed.success.map(({ primary }) => primary).sort(), removed.error);
  const weak = await heroes.find({ selector: { power: { $lt: 3 } } }).remove();
  say('weak', namesOf(weak as never).sort(), await heroes.count().exec());
}

async function attachAndNote(app: App, say: Say): Promise<void> {
  const { heroes, todos } = app;
  const alva = await heroes.findOne('north|Alva').exec(true);
  const photo = {
    id: 'photo.png',
    data: new Blob([Uint8Array.from([0, 255, 7])], { type: 'image/png' }),
    type: 'image/png',
  };
  await alva.putAttachment(photo);
  await alva.getLatest().putAttachment({ id: 'bio.txt', data: new Blob(['née à Oslo']), type: 'text/plain' });
  const attached = alva.getLatest();
  for (const one of attached.allAttachments()) say('attached', one.id, one.type, one.length, one.digest);
  say('bio', await attached.getAttachment('bio.txt')?.getStringData());
  await todos.bulkInsert(
    [0, 1, 2, 3].map((at) => ({ id: `t${at}`, text: `do ${at}`, done: at % 2 === 0, rank: at / 2 })),
  );
  const open = todos.find({ selector: { done: false }, sort: [{ rank: 'asc' }] });
  await Promise.all((await open.exec()).map((todo) => todo.patch({ done: true })));
  say('to do', (await open.exec()).length, await todos.count({ selector: { done: true } }).exec());
  await todos.insertLocal('view', { sort: 'rank' });
  await todos.upsertLocal('view', { sort: 'text', dense: true });
  await app.insertLocal('user', { name: 'anna' });
  say('local', (await todos.getLocal('view'))?.toJSON().data, (await app.getLocal('user'))?.get('name'));
}

/** What the app says of itself when it is opened for the first time. */
export async function firstVisit(storage: RxStorage<unknown, unknown>, multiInstance = true): Promise<string[]> {
  const said: string[] = [];
  const say: Say = (what, ...more) => said.push(`${what}: ${JSON.stringify(more)}`);
  const app = await openApp(storage, multiInstance);
  await insertHeroes(app, say);
  await findHeroes(app, say);
  await changeHeroes(app, say);
  await attachAndNote(app, say);
  await app.close();
  return said;
}

/** What it says when it is opened again. It leaves nothing behind. */
export async function nextVisit(storage: RxStorage<unknown, unknown>, multiInstance = true): Promise<string[]> {
  const said: string[] = [];
  const say: Say = (what, ...more) => said.push(`${what}: ${JSON.stringify(more)}`);
  const app = await openApp(storage, multiInstance);
  const { heroes, todos } = app;
  for (const hero of await heroes.find({ sort: [{ team: 'asc' }, { power: 'desc' }] }).exec())
    say(
      'hero',
      hero.toJSON(),
      heightOf(hero),
      hero.allAttachments().map(({ id }) => id),
    );
  const alva = await heroes.findOne('north|Alva').exec(true);
  say('bio', await alva.getAttachment('bio.txt')?.getStringData());
  say('photo', [...new Uint8Array((await (await alva.getAttachment('photo.png')?.getData())?.arrayBuffer()) ?? [])]);
  await alva.getAttachment('bio.txt')?.remove();
  say(
    'attached',
    alva
      .getLatest()
      .allAttachments()
      .map(({ id }) => id),
  );
  say('local', (await todos.getLocal('view'))?.toJSON().data, (await app.getLocal('user'))?.get('name'));
  say(
    'todos',
    (await todos.find({ sort: [{ rank: 'desc' }] }).exec()).map((todo) => todo.toJSON()),
  );
  await heroes.findOne('north|Alva').incrementalPatch({ power: 71 });
  say('again', (await heroes.insert({ team: 'west', name: 'Hana', power: 6 } as never)).toJSON());
  say('strongest', await heroes.strongest(3));
  await todos.remove();
  const added = await app.addCollections({ todos: { schema: todoSchema as never } });
  say('anew', await added.todos.count().exec());
  await app.remove();
  return said;
}
