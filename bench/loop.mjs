/**
 * The timed loop. Imported anew for each workload (`./loop.mjs?for=W3`): a second copy of the module has call sites of
 * its own, so what the compiler learnt from one workload neither helps nor harms the next.
 */

const MILESTONES = [20, 100, 1_000, 10_000];
const CLOCK_EVERY_MS = 1;
const STRIDE_MAX = 256;
/** The first fifth of the operations is done and not timed: what is measured is a program that has settled. */
const SETTLING_SHARE = 0.2;

export function isThenable(value) {
  return typeof value?.then === 'function';
}

/**
 * Runs `operation(i)` for i from 0 until `count` or the time budget is reached, and folds each answer into a sum.
 * `operation(count)` comes before that and is told apart as the first, which shows what a peer puts off until it is
 * asked; `warm` more follow it untimed, for operations that may be repeated. A peer that answers with a promise is awaited once an operation; others are called without await. The clock is
 * read between strides, which grow while they stay short, as reading it costs 0.1 us.
 * Returns microseconds an operation, the number done, and the sums at the milestones and at `count`.
 */
export async function repeat({ count, warm = 0, budgetMs, operation, fold }) {
  const firstStarted = performance.now();
  const first = operation(count);
  const waits = isThenable(first);
  if (waits) await first;
  const firstUs = (performance.now() - firstStarted) * 1_000;
  const warmUntil = performance.now() + budgetMs / 4;
  for (let index = 0; index < warm && performance.now() < warmUntil; index += 1) {
    const answer = operation(index % count);
    if (waits) await answer;
  }
  globalThis.gc();
  const timed = await (waits ? runAwaited : runSynchronous)({ count, budgetMs, operation, fold });
  return { ...timed, firstUs };
}

function runSynchronous({ count, budgetMs, operation, fold }) {
  const walk = new Walk(count, budgetMs);
  let sum = 0;
  for (let done = 0; done < walk.end; ) {
    const stop = walk.nextStop(done);
    for (; done < stop; done += 1) sum = fold(sum, operation(done));
    walk.arrive(done, sum);
  }
  return walk.result();
}

async function runAwaited({ count, budgetMs, operation, fold }) {
  const walk = new Walk(count, budgetMs);
  let sum = 0;
  for (let done = 0; done < walk.end; ) {
    const stop = walk.nextStop(done);
    for (; done < stop; done += 1) sum = fold(sum, await operation(done));
    walk.arrive(done, sum);
  }
  return walk.result();
}

/** How far the loop has come, and when it has to look at the clock. */
class Walk {
  end;
  #sums = {};
  #stride = 1;
  #budgetMs;
  #count;
  #settlesAt;
  #begun = performance.now();
  #started = this.#begun;
  #lookedAt = this.#begun;
  #skipped = 0;
  #done = 0;

  constructor(count, budgetMs) {
    this.#count = count;
    this.end = count;
    this.#budgetMs = budgetMs;
    this.#settlesAt = Math.floor(count * SETTLING_SHARE);
  }

  nextStop(done) {
    const milestone = MILESTONES.find((place) => place > done) ?? this.#count;
    const settling = done < this.#settlesAt ? this.#settlesAt : this.#count;
    return Math.min(done + this.#stride, milestone, settling, this.#count);
  }

  arrive(done, sum) {
    const now = performance.now();
    this.#done = done;
    if (done === this.#count || MILESTONES.includes(done)) this.#sums[done] = sum;
    if (now - this.#lookedAt < CLOCK_EVERY_MS && this.#stride < STRIDE_MAX) this.#stride *= 2;
    this.#lookedAt = now;
    if (now - this.#begun > this.#budgetMs) this.end = done;
    else if (done === this.#settlesAt) {
      this.#skipped = done;
      this.#started = now;
    }
  }

  result() {
    const elapsedMs = this.#lookedAt - this.#started;
    return { us: (elapsedMs * 1_000) / (this.#done - this.#skipped), operations: this.#done, sums: this.#sums };
  }
}
