// What the README's later examples stand on: the database and the agent of its first one.
import { openDatabase } from 'sojourn';
import { genesys, salesforce, twilio } from 'sojourn/collections';

const anna = '0055g00000ABcdeAAD';
const db = await openDatabase({ name: 'desk', objects: [...salesforce, ...genesys, ...twilio], user: anna });
const sessions = db.LiveAgentSession;
await sessions.create([
  { AgentId: anna, LoginTime: '2026-03-05T08:00:00Z', LogoutTime: '2026-03-05T16:00:00Z', TimeInChats: 24410 },
  { AgentId: anna, LoginTime: '2026-03-06T08:00:00Z', LogoutTime: '2026-03-06T16:00:00Z', TimeInChats: 19800 },
]);
