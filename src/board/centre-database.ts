import { genesys, salesforce, twilio } from '../collections/catalog.ts';
import { type Environment, type ObjectDefinition, openDatabase, type Storage, type StorageProgress } from '../index.ts';

/** The user that the samples' owners and ours are made by. */
export const USER_ID = '0055g00000ABcdeAAD';

const OBJECTS = [...salesforce, ...genesys, ...twilio] as const;

export const CENTRE_OBJECT_NAMES = OBJECTS.map(({ name }) => name);

/** The environment of a centre. Without `wake`, nothing waits for a moment of its clock, as nothing on the board does. */
export type CentreEnvironment = Omit<Environment, 'wake'> & { readonly wake?: Environment['wake'] | undefined };

/** Which database of a centre it is. */
export interface CentrePlace {
  /** What it is kept as. Default `wallboard`. */
  readonly name?: string;
  /** Objects beside those of the vendors, which hold what a sync remembers. */
  readonly more?: readonly ObjectDefinition[];
}

/** Opens a database of the centre, empty or as a storage has kept it, with the session objects of all vendors. */
export function openCentreDatabase(
  given: CentreEnvironment,
  storage?: Storage,
  onProgress?: (progress: StorageProgress) => void,
  { name = 'wallboard', more = [] }: CentrePlace = {},
) {
  const env: Environment = { ...given, wake: given.wake ?? (() => () => {}) };

  return openDatabase({
    name,
    // Whoever gives more knows of it; the board has to do with these alone.
    objects: [...OBJECTS, ...more] as unknown as typeof OBJECTS,
    user: USER_ID,
    indexes: { LiveAgentSession: ['LogoutTime'] },
    env,
    storage,
    ...(storage !== undefined && { onProgress }),
  });
}

export type CentreDatabase = Awaited<ReturnType<typeof openCentreDatabase>>;
