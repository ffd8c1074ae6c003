/** Sojourn's own sync, both ends over LevelDB. */

import { levelStorage } from '../../../dist/level/level-storage.js';
import { sojournPeer } from '../sojourn-peer.mjs';

export const peer = sojournPeer((place) => levelStorage(place));
