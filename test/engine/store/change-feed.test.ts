import { describe, expect, test } from 'vitest';
import { ChangeFeed } from '../../../src/engine/store/change-feed.ts';
import type { Batch, Change } from '../../../src/engine/write/change.ts';
import { errorOf } from '../../instruments/session-database.ts';

const change: Change = { object: 'Visit', id: '1', before: undefined, after: { Id: '1' }, slot: 0 };

function create(keepMax = 1000) {
  const errors: unknown[] = [];
  const feed = new ChangeFeed(keepMax, (error) => errors.push(error));
  const publish = (size = 1): Batch => {
    const batch = { sequence: feed.sequence + 1, at: 0, changes: new Array(size).fill(change) };
    feed.publish(batch);
    return batch;
  };
  return { feed, errors, publish };
}

const sequences = (batches: readonly Batch[]) => batches.map(({ sequence }) => sequence);

describe('the feed', () => {
  test('tells every listener every batch, in order', () => {
    const { feed, publish } = create();
    const heard: number[] = [];
    const stop = feed.subscribe(({ sequence }) => heard.push(sequence));
    publish();
    publish();
    stop();
    publish();
    expect(heard).toEqual([1, 2]);
    expect(feed.sequence).toBe(3);
  });

  test('announces a batch made by a listener after the one being announced, to everyone', () => {
    const { feed, publish } = create();
    const heard: string[] = [];
    feed.subscribe(({ sequence }) => {
      heard.push(`a${sequence}`);
      if (sequence < 3) publish();
    });
    feed.subscribe(({ sequence }) => heard.push(`b${sequence}`));
    publish();
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  test('tells followers at once, even while an earlier batch is being announced', () => {
    const { feed, publish } = create();
    const heard: string[] = [];
    feed.follow(({ sequence }) => heard.push(`follower${sequence}`));
    feed.subscribe(({ sequence }) => {
      if (sequence === 1) publish();
      heard.push(`listener${sequence}`);
    });
    publish();
    expect(heard).toEqual(['follower1', 'follower2', 'listener1', 'listener2']);
  });

  test('goes on when a listener throws', () => {
    const { feed, publish, errors } = create();
    const heard: number[] = [];
    feed.subscribe(() => {
      throw new Error('no');
    });
    feed.subscribe(({ sequence }) => heard.push(sequence));
    publish();
    publish();
    expect(heard).toEqual([1, 2]);
    expect(errors).toHaveLength(2);
  });

  test('knows a loop: a hundred batches in answer to each other', async () => {
    const { feed, publish, errors } = create();
    let answers = 0;
    feed.subscribe(() => {
      feed.assertNotLooping();
      answers++;
      publish();
    });
    publish();
    expect(answers).toBe(99);
    expect(errors).toMatchObject([{ code: 'LISTENER_LOOP' }]);
    feed.assertNotLooping();
    expect(
      (
        await errorOf(() => {
          throw errors[0];
        })
      ).message,
    ).toBe("listeners have answered each other's writes 100 times in a row");
  });

  test('knows a loop of listeners that answer twice, which would double without end', () => {
    const { feed, publish, errors } = create();
    let answers = 0;
    feed.subscribe(() => {
      for (let i = 0; i < 2; i++) {
        feed.assertNotLooping();
        answers++;
        publish();
      }
    });
    publish();
    expect(answers).toBeLessThan(1_000_000);
    expect(errors[0]).toMatchObject({ code: 'LISTENER_LOOP' });
    feed.assertNotLooping();
  });

  test('is silent once closed', () => {
    const { feed, publish } = create();
    const heard: number[] = [];
    feed.subscribe(({ sequence }) => {
      heard.push(sequence);
      publish();
      feed.close();
    });
    feed.subscribe(({ sequence }) => heard.push(-sequence));
    publish();
    expect(heard).toEqual([1]);
  });
});

describe('what the feed keeps', () => {
  test('is told from any sequence on', () => {
    const { feed, publish } = create();
    const batches = [publish(), publish(3), publish()];
    expect(feed.since(0)).toEqual(batches);
    expect(feed.since(1)).toEqual(batches.slice(1));
    expect(feed.since(3)).toEqual([]);
  });

  test('is refused from a sequence that was never reached: it is of another database', () => {
    const { feed, publish } = create();
    publish();
    expect(() => feed.since(2)).toThrow(expect.objectContaining({ code: 'SEQUENCE_TRIMMED' }));
  });

  test('is as many changes as it was made for, in whole batches', async () => {
    const { feed, publish } = create(5);
    for (let i = 0; i < 10; i++) publish(2);
    expect(sequences(feed.since(8))).toEqual([9, 10]);
    expect((await errorOf(() => feed.since(7))).issues).toEqual([
      { statusCode: 'SEQUENCE_TRIMMED', message: 'changes up to sequence 8 are no longer kept', fields: [] },
    ]);
    publish(6);
    expect(feed.since(11)).toEqual([]);
    expect(await errorOf(() => feed.since(10))).toMatchObject({ code: 'SEQUENCE_TRIMMED' });
    publish(5);
    expect(sequences(feed.since(11))).toEqual([12]);
  });

  test('can be nothing', async () => {
    const { feed, publish } = create(0);
    publish();
    expect(feed.since(1)).toEqual([]);
    expect(await errorOf(() => feed.since(0))).toMatchObject({ code: 'SEQUENCE_TRIMMED' });
  });

  test('stays right over thousands of batches of any size', () => {
    const { feed, publish } = create(50);
    let kept: Batch[] = [];
    for (let i = 0; i < 3000; i++) {
      kept.push(publish(1 + ((i * 7) % 13)));
      while (kept.reduce((sum, { changes }) => sum + changes.length, 0) > 50) kept = kept.slice(1);
      if (i % 37 === 0) expect(feed.since(feed.sequence - kept.length)).toEqual(kept);
    }
  });
});
