import type { Environment } from '../engine/ground/environment.ts';
import { RemoteFailure } from './remote.ts';

/** Gives the token to send. `refresh`: the last one was not accepted, so a new one is needed. */
export type GiveToken = (refresh: boolean) => string | Promise<string>;

/** A token, and how many times it had been refreshed when it was given. */
export interface Token {
  readonly value: string;
  readonly round: number;
}

/** Visible ASCII: anything else is no header, and the platform's complaint about it would quote the secret. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Asks for tokens, and for one new token at a time however many requests were refused with the old one. */
export class TokenSource {
  readonly #give: GiveToken;
  readonly #env: Environment;
  readonly #patienceMs: number;
  #round = 0;
  #last: string | undefined;
  #refresh: Promise<Token> | undefined;

  /** After `patienceMs` a refresh that has not come is asked for anew by whoever needs it next. */
  constructor(give: GiveToken, env: Environment, patienceMs: number) {
    this.#give = give;
    this.#env = env;
    this.#patienceMs = patienceMs;
  }

  async get(): Promise<Token> {
    if (this.#refresh !== undefined) return this.#refresh;
    const round = this.#round;
    return { value: await this.#ask(false), round };
  }

  /** A token to try in the place of one that was refused. */
  async renew({ round }: Token): Promise<Token> {
    // Someone else has had a new one since.
    if (round !== this.#round && this.#last !== undefined) return { value: this.#last, round: this.#round };
    this.#refresh ??= this.#begin();
    return this.#refresh;
  }

  #begin(): Promise<Token> {
    const refresh = this.#ask(true).then((value) => {
      // One that came too late must not take the place of its successor.
      if (this.#refresh === refresh) {
        this.#round++;
        this.#last = value;
      }
      return { value, round: this.#round };
    });
    const over = () => {
      disarm();
      if (this.#refresh === refresh) this.#refresh = undefined;
    };
    const disarm = this.#env.wake(over, this.#patienceMs);
    refresh.then(over, over);
    return refresh;
  }

  async #ask(refresh: boolean): Promise<string> {
    let value: unknown;
    try {
      value = await this.#give(refresh);
    } catch (cause) {
      if (cause instanceof RemoteFailure) throw cause;
      throw new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'token() threw: the error has it as its cause', { cause });
    }
    if (typeof value !== 'string' || !TOKEN.test(value))
      throw new RemoteFailure(
        'unauthorized',
        'SYNC_UNAUTHORIZED',
        'token() gave no token: it gives a text of visible characters, without spaces',
      );
    return value;
  }
}
