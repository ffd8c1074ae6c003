/** COUNT and SUM by agent over records, for peers that leave aggregates to the user's code. */
export function groupByAgent(records) {
  const groups = new Map();
  for (const { AgentId, TimeInChats } of records) {
    const group = groups.get(AgentId);
    if (group === undefined) {
      groups.set(AgentId, { AgentId, n: 1, chats: TimeInChats });
    } else {
      group.n += 1;
      group.chats += TimeInChats;
    }
  }
  return [...groups.values()];
}
