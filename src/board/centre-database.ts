import { genesys, salesforce, twilio } from '../collections/catalog.ts';
import { type Environment, openDatabase, type Storage, type StorageProgress } from '../index.ts';

/** The user that the samples' owners and ours are made by. */
const USER_ID = '0055g00000ABcdeAAD';

/** The environment of a centre. Without `wake`, nothing waits for a moment of its clock, as nothing on the board does. */
export type CentreEnvironment = Omit<Environment, 'wake'> & { readonly wake?: Environment['wake'] | undefined };

/** Opens the database of the centre, empty or as a storage has kept it, with the session objects of all vendors. */
export function openCentreDatabase(
  given: CentreEnvironment,
  storage?: Storage,
  onProgress?: (progress: StorageProgress) => void,
) {
  const env: Environment = { ...given, wake: given.wake ?? (() => () => {}) };

  return openDatabase({
    name: 'wallboard',
    objects: [...salesforce, ...genesys, ...twilio],
    user: USER_ID,
    indexes: { LiveAgentSession: ['LogoutTime'] },
    env,
    storage,
    ...(storage !== undefined && { onProgress }),
  });
}

export type CentreDatabase = Awaited<ReturnType<typeof openCentreDatabase>>;
