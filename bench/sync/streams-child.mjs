/** Holds many streams open at once: `streams-child.mjs`. Bytes are looked at, not read as events: the server is measured. */

import { Agent, request } from 'node:http';
import { answer, clockMs } from './processes.mjs';

const CONNECTING = 50;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const MARK = 'event: documents';
let open = [];
let isTold = () => {};

function post(url, body, user) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `u${user}` };
    const sent = request(url, { method: 'POST', agent, headers }, resolve);
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}

async function readJson(response) {
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part;
  return JSON.parse(text);
}

/** One client's stream, from where it stands now; ready when its first byte is there. */
async function follow(url, user) {
  const asked = { protocol: 1, client: `c${user}`, objects: [{ name: 'LiveAgentSession', version: 1 }], limit: 1_000 };
  const page = await readJson(await post(`${url}/pull`, { ...asked, checkpoint: null }, user));
  const response = await post(`${url}/stream`, { ...asked, checkpoint: page.checkpoint }, user);
  if (response.statusCode !== 200) throw new Error(`a stream was answered ${response.statusCode}`);
  response.setEncoding('utf8');
  const stream = { at: undefined };
  await new Promise((resolve) => {
    response.on('data', (text) => {
      resolve();
      if (!text.includes(MARK)) return;
      stream.at ??= clockMs();
      isTold();
    });
  });
  return stream;
}

answer({
  async open({ url, streams }) {
    const from = clockMs();
    let next = 0;
    const worker = async () => {
      while (next < streams) {
        next += 1;
        open.push(await follow(url, next));
      }
    };
    await Promise.all(Array.from({ length: CONNECTING }, worker));
    return { ms: clockMs() - from, streams: open.length };
  },
  /** When the first and the last stream has heard of one write. */
  told: () =>
    new Promise((resolve) => {
      for (const stream of open) stream.at = undefined;
      isTold = () => {
        const times = open.map(({ at }) => at);
        if (times.includes(undefined)) return;
        isTold = () => {};
        resolve({ first: Math.min(...times), last: Math.max(...times) });
      };
    }),
  end: () => {
    open = [];
    agent.destroy();
  },
});
