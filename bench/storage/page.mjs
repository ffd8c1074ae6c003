/** What runs in the page: the same three things as in a process of Node, said to whoever drives the browser. */

import { commit, load, open } from './measure.mjs';

/** A page is not told what is written for it. */
const tally = () => ({ handed: 0, pages: 0 });

export function expose(peer) {
  globalThis.bench = {
    commits: peer.commit,
    load: (size) => load(peer, 'bench', size, tally),
    open: () => open(peer, 'bench'),
    async commit(size) {
      const { store, result } = await commit(peer, 'bench', size, tally);
      await store.close();
      return result;
    },
  };
}
