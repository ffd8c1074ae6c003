import { genesys, salesforce, twilio } from '../collections/catalog.ts';
import { type Environment, openDatabase } from '../index.ts';

/** The user that the samples' owners and ours are made by. */
const USER_ID = '0055g00000ABcdeAAD';

/** Opens the database of the centre, empty, with the session objects of all vendors. */
export function openCentreDatabase(given: Omit<Environment, 'wake'>) {
  // Nothing on the board waits for a moment of its own clock.
  const env: Environment = { ...given, wake: () => () => {} };

  return openDatabase({
    name: 'wallboard',
    objects: [...salesforce, ...genesys, ...twilio],
    user: USER_ID,
    indexes: { LiveAgentSession: ['LogoutTime'] },
    env,
  });
}

export type CentreDatabase = Awaited<ReturnType<typeof openCentreDatabase>>;
