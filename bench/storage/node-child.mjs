/** One thing done with one peer, in a process of its own: `node-child.mjs load|open|commit <peer> <place> <records>`. */

import { writeSync } from 'node:fs';
import { writtenBytes } from './disk.mjs';
import { commit, load, open } from './measure.mjs';

const [, , what, name, place, records] = process.argv;
const size = Number(records);
const { peer } = await import(`./node/${name}.mjs`);
const tell = (result) => writeSync(1, `${JSON.stringify(result)}\n`);
const rss = () => process.memoryUsage().rss;

if (what === 'load') tell({ ...(await load(peer, place, size, writtenBytes)), commit: peer.commit });
if (what === 'open') {
  const memory = { before: rss() };
  const result = await open(peer, place, (moment) => {
    memory[moment] = rss();
  });
  tell({ ...result, memory });
}
if (what === 'commit') {
  tell((await commit(peer, place, size, writtenBytes)).result);
  // It is not closed: what has been acknowledged must be there without that.
  process.kill(process.pid, 'SIGKILL');
}
