/** Servers and clients as processes, each asked by messages and answering with one. */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD_MS = 420_000;

export class Process {
  #child;
  #number = 0;
  #waiting = new Map();
  #ended;
  #errors = '';

  /** `profile`: a folder for its CPU profile. */
  constructor(file, args, profile) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const own = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
    this.#child = fork(path, args.map(String), {
      execArgv: ['--expose-gc', '--max-old-space-size=4096', ...own],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.#child.stderr.on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-4_000);
    });
    this.#child.on('message', ({ number, result, failure }) => {
      const { resolve, reject } = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (failure === undefined) resolve(result);
      else reject(new Error(failure));
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        for (const { reject } of this.#waiting.values())
          reject(new Error(`${args[0]} ended with ${signal ?? code}. ${this.#errors}`));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  ask(what, given = {}) {
    this.#number += 1;
    const number = this.#number;
    const late = setTimeout(() => this.#child.kill('SIGKILL'), CHILD_MS);
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#child.send({ number, what, given });
    }).finally(() => clearTimeout(late));
  }

  /** Ends it, as it likes at first. */
  async end() {
    if (this.#child.connected) this.#child.send({ number: 0, what: 'end', given: {} });
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.#ended;
    clearTimeout(late);
  }
}

/** The other end: answers what is asked with what these functions give. */
export function answer(works) {
  process.on('message', async ({ number, what, given }) => {
    if (what === 'end') {
      await Promise.race([works.end?.(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
      process.exit(0);
    }
    try {
      process.send({ number, result: (await works[what](given)) ?? {} });
    } catch (error) {
      process.send({ number, failure: String(error?.stack ?? error).slice(0, 2_000) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

/** Milliseconds on the clock that all processes of a machine share. */
export const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

/** What this process has computed so far, in milliseconds: it does not count what others take of the machine. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
