/** Sojourn's own sync, both ends in memory. */

import { sojournPeer } from '../sojourn-peer.mjs';

export const peer = sojournPeer(() => undefined);
