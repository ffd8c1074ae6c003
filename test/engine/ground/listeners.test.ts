import { describe, expect, test } from 'vitest';
import { Listeners } from '../../../src/engine/ground/listeners.ts';

function create() {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const listeners = new Listeners<number>((error) => errors.push(error));
  const hear = (name: string) => listeners.add((value) => heard.push(`${name}${value}`));
  return { listeners, errors, heard, hear };
}

describe('listeners', () => {
  test('are called in the order they came, each for every value', () => {
    const { listeners, heard, hear } = create();
    hear('a');
    hear('b');
    listeners.call(1);
    listeners.call(2);
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2']);
    expect(listeners.count).toBe(2);
  });

  test('stop when told to; being told twice does nothing more', () => {
    const { listeners, heard, hear } = create();
    const stop = hear('a');
    hear('b');
    stop();
    stop();
    listeners.call(1);
    expect(heard).toEqual(['b1']);
    expect(listeners.count).toBe(1);
  });

  test('of one function added twice are two', () => {
    const { listeners, heard } = create();
    const listener = (value: number) => heard.push(`x${value}`);
    const stop = listeners.add(listener);
    listeners.add(listener);
    stop();
    listeners.call(1);
    expect(heard).toEqual(['x1']);
  });

  test('that throw stop neither the others nor the caller', () => {
    const { listeners, errors, heard, hear } = create();
    const [first, second] = [new Error('first'), new Error('second')];
    listeners.add(() => {
      throw first;
    });
    hear('a');
    listeners.add(() => {
      throw second;
    });
    hear('b');
    listeners.call(1);
    expect(heard).toEqual(['a1', 'b1']);
    expect(errors).toEqual([first, second]);
  });

  test('added during a call hear the next one', () => {
    const { listeners, heard, hear } = create();
    listeners.add((value) => {
      if (value === 1) hear('late');
    });
    listeners.call(1);
    expect(heard).toEqual([]);
    listeners.call(2);
    expect(heard).toEqual(['late2']);
  });

  test('taken out during a call by an earlier one stay silent', () => {
    const { listeners, heard, hear } = create();
    let stop = (): void => undefined;
    listeners.add(() => stop());
    stop = hear('gone');
    hear('stays');
    listeners.call(1);
    expect(heard).toEqual(['stays1']);
  });

  test('are all silent once cleared, even in the middle of a call', () => {
    const { listeners, heard, hear } = create();
    listeners.add(() => listeners.clear());
    hear('a');
    listeners.call(1);
    listeners.call(2);
    expect(heard).toEqual([]);
    expect(listeners.count).toBe(0);
  });

  test('may call again from within', () => {
    const { listeners, heard, hear } = create();
    listeners.add((value) => {
      if (value === 1) listeners.call(2);
    });
    hear('a');
    listeners.call(1);
    expect(heard).toEqual(['a2', 'a1']);
  });
});
