import { Component, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { useLiveQuery } from '../../../src/react/hooks.ts';
import { openWatched } from '../../instruments/open-watched.ts';
import { CHAT } from '../../instruments/session-database.ts';

/** Until React has drawn and its effects have run. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
  }
}

export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 600) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Mounted {
  readonly root: Root;
  /** Shows something else, and waits until it is shown. */
  show(element: ReactNode): Promise<void>;
  text(): string;
  unmount(): Promise<void>;
}

/** A root of its own in the page, with something in it. */
export async function mount(element: ReactNode): Promise<Mounted> {
  const place = document.createElement('section');
  document.body.append(place);
  const root = createRoot(place, { onCaughtError: () => undefined });
  const show = async (next: ReactNode) => {
    root.render(next);
    await quiet();
  };
  await show(element);
  return {
    root,
    show,
    text: () => place.textContent ?? '',
    unmount: async () => {
      root.unmount();
      await quiet();
      place.remove();
    },
  };
}

/** Sessions that idled for 0, 1, 2 ... seconds. */
export async function openSessions(count: number, options: Parameters<typeof openWatched>[0] = {}) {
  const watched = openWatched(options);
  const sessions = watched.db.LiveAgentSession;
  const made = await sessions.create(Array.from({ length: count }, (_, TimeIdle) => ({ ...CHAT, TimeIdle })));
  return { ...watched, sessions, ids: made.map(({ id }) => id ?? '') };
}

/** Shows the code of an error that is thrown within. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly code: string | undefined }> {
  override state = { code: undefined };

  static getDerivedStateFromError(error: { readonly code?: string }) {
    return { code: error.code ?? String(error) };
  }

  override render(): ReactNode {
    return this.state.code ?? this.props.children;
  }
}

type Sessions = Awaited<ReturnType<typeof openSessions>>['sessions'];

/** How long each session idled, of those that idled at least so long. */
export function Idle({ sessions, from = 0 }: { readonly sessions: Sessions; readonly from?: number }) {
  const rows = useLiveQuery(sessions, { where: { TimeIdle: { $gte: from } }, select: ['TimeIdle'] });
  return rows.map(({ TimeIdle }) => TimeIdle).join(' ');
}
