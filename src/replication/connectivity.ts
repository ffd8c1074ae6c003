/** Whether there is a network, and when to look again. */
export interface Connectivity {
  isOnline(): boolean;
  /** Calls `listener` whenever that may have changed, and when a page is looked at again. Returns what ends it. */
  subscribe(listener: (event: 'online' | 'offline' | 'visible') => void): () => void;
}

/** The parts of a browser's globals that tell; declared here because the engine is typed for none. */
interface Page {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: {
    readonly visibilityState?: string;
    addEventListener(name: string, listener: () => void): void;
    removeEventListener(name: string, listener: () => void): void;
  };
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

/** What the platform knows: a browser tells of its network; elsewhere there is one until a request fails. */
export function platformConnectivity(): Connectivity {
  const page = globalThis as unknown as Page;
  return {
    isOnline: () => page.navigator?.onLine !== false,
    subscribe(listener) {
      const online = () => listener('online');
      const offline = () => listener('offline');
      const visible = () => {
        if (page.document?.visibilityState === 'visible') listener('visible');
      };
      page.addEventListener?.('online', online);
      page.addEventListener?.('offline', offline);
      page.document?.addEventListener('visibilitychange', visible);
      return () => {
        page.removeEventListener?.('online', online);
        page.removeEventListener?.('offline', offline);
        page.document?.removeEventListener('visibilitychange', visible);
      };
    },
  };
}
