/** Something asked of the shell that it cannot do, in words for whoever asked. */
export class ShellError extends Error {}
