/** Counts what a server has sent over all its connections, their heads and frames included. */
export function countBytes(server) {
  const open = new Set();
  let ended = 0;
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => {
      ended += socket.bytesWritten;
      open.delete(socket);
    });
  });
  return () => [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, ended);
}

/** Has a server of node:http listen where nobody else does. */
export async function listen(server) {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${server.address().port}`;
}

/** Ends a server of node:http and all that is connected to it. */
export function stop(server) {
  server.close();
  server.closeAllConnections();
}

export async function until(isSo, everyMs = 2) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}
