import { lifeScenes } from './life-scenes.tsx';
import { queryScenes } from './query-scenes.tsx';

Object.assign(globalThis, { scenes: { ...queryScenes, ...lifeScenes } });
